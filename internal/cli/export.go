package cli

import (
	"errors"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/web"
)

type exportCommand struct {
	Targets    bool       `help:"Print the targets as JSON for Prometheus' file_sd_configs."`
	ConfigPath string     `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"Configuration file, or - for standard input, which is read once (default: ${default})."`
	Shard      shardFlags `embed:""`
}

// Help is shown below the usage of the command.
func (exportCommand) Help() string {
	return `Prints the response of /sd, from the configuration alone: names and labels, no address or credential. Write another file and rename it, so that Prometheus reads no half-written one.

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
