package main

import (
	"fmt"

	"octoeverywhere_exporter/config"
)

type checkCommand struct {
	ConfigPath string     `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"The configuration file (default: ${default})."`
	Shard      shardFlags `embed:""`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c checkCommand) Validate() error {
	_, err := c.Shard.shard()
	return err
}

// Run reads the configuration with all files that it names, as serve would, and says what is wrong or unwise. Of a shard
// it names the printers.
func (c checkCommand) Run(s streams) error {
	share, err := c.Shard.shard()
	if err != nil {
		return err
	}
	loaded, _, err := config.Load(c.ConfigPath)
	if err != nil {
		return err
	}
	for _, w := range loaded.Warnings {
		fmt.Fprintln(s.err, "warning:", w)
	}
	good := fmt.Sprintf("%s is good: %d printers", c.ConfigPath, len(loaded.Targets))
	if share.Alone() {
		_, err = fmt.Fprintln(s.out, good)
		return err
	}
	own, _ := split(share, loaded.Targets)
	if _, err := fmt.Fprintf(s.out, "%s, %d of them in %v\n", good, len(own), share); err != nil {
		return err
	}
	for _, t := range own {
		if _, err := fmt.Fprintln(s.out, t.Name); err != nil {
			return err
		}
	}
	return nil
}
