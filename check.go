package main

import (
	"fmt"

	"octoeverywhere_exporter/config"
)

type checkCommand struct {
	ConfigPath string `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"The configuration file (default: ${default})."`
}

// Run reads the configuration with all files that it names, as serve would, and says what is wrong or unwise.
func (c checkCommand) Run(s streams) error {
	loaded, _, err := config.Load(c.ConfigPath)
	if err != nil {
		return err
	}
	for _, w := range loaded.Warnings {
		fmt.Fprintln(s.err, "warning:", w)
	}
	_, err = fmt.Fprintf(s.out, "%s is good: %d printers\n", c.ConfigPath, len(loaded.Targets))
	return err
}
