package cli

import (
	"errors"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/web"
)

type exportCommand struct {
	Targets    bool       `help:"Print the printers that are probed, as JSON for Prometheus' file_sd_configs."`
	ConfigPath string     `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"The configuration file; - is standard input, which is read once (default: ${default})."`
	Shard      shardFlags `embed:""`
}

// Help is shown below the usage of the command.
func (exportCommand) Help() string {
	return `Prints what /sd of an exporter with this configuration responds, without one that runs. It contains names and labels, but no address or credential. Prometheus must not read half a file: write it to another name, then rename it.

    octoeverywhere_exporter export --targets >targets.tmp &&
        mv targets.tmp targets.json`
}

// Validate is called by kong.
func (c exportCommand) Validate() error {
	if !c.Targets {
		return errors.New("nothing to export; add --targets")
	}
	_, err := c.Shard.shard()
	return err
}

// Run prints the targets of the shard.
func (c exportCommand) Run(s stdio) error {
	sh, err := c.Shard.shard()
	if err != nil {
		return err
	}
	loaded, _, err := config.Load(c.ConfigPath)
	if err != nil {
		return err
	}
	return web.WriteTargets(s.out, func(yield func(string, map[string]string) bool) {
		for _, t := range loaded.Targets {
			if !t.Disabled && sh.Owns(t.Name) && !yield(t.Name, t.Labels) {
				return
			}
		}
	})
}
