package cli

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/view"
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
	if _, err := fmt.Fprintf(s.out, "%s is good: %s\n", short(c.ConfigPath), fleetInALine(loaded)); err != nil || share.Alone() {
		return err
	}
	var own []string
	for _, t := range loaded.Targets {
		if share.Has(t.Name) {
			own = append(own, t.Name)
		}
	}
	if _, err := fmt.Fprintf(s.out, "%d of them in %v:\n", len(own), share); err != nil {
		return err
	}
	for _, name := range own {
		if _, err := fmt.Fprintln(s.out, name); err != nil {
			return err
		}
	}
	return nil
}

// fleetInALine says what a configuration makes the exporter do.
func fleetInALine(c *config.Config) string {
	own, rate := 0, 0.0
	for _, t := range c.Targets {
		rate += 1 / t.Interval.Seconds()
		if t.Interval != c.Interval {
			own++
		}
	}
	text := fmt.Sprintf("%s in %s, interval %s", view.Count(len(c.Targets), "printer", "printers"), view.Count(c.Files, "file", "files"), model.Duration(c.Interval))
	if own > 0 {
		text += fmt.Sprintf(" (%d with their own)", own)
	}
	if len(c.LabelNames) > 0 {
		text += ", labels " + strings.Join(c.LabelNames, ", ")
	} else {
		text += ", no labels"
	}
	if rate < 1 {
		return text + fmt.Sprintf("; %.1f probes a minute", rate*60)
	}
	return text + fmt.Sprintf("; %.1f probes a second", rate)
}
