package cli

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/view"
)

type checkCommand struct {
	ConfigPath string     `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"Configuration file, or - for standard input, which is read once (default: ${default})."`
	Shard      shardFlags `embed:""`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c checkCommand) Validate() error {
	_, err := c.Shard.shard()
	return err
}

// Run reads the configuration with all files that it names, as serve does, and prints errors and warnings. It lists the
// printers of a shard.
func (c checkCommand) Run(s stdio) error {
	sh, err := c.Shard.shard()
	if err != nil {
		return err
	}
	loaded, warnings, err := config.Check(c.ConfigPath)
	for _, w := range warnings {
		fmt.Fprintln(s.err, "warning:", w)
	}
	if err != nil {
		return err
	}
	name := short(c.ConfigPath)
	if c.ConfigPath == config.StandardInput {
		name = "standard input"
	}
	if _, err := fmt.Fprintf(s.out, "%s is valid: %s\n", name, summarize(loaded)); err != nil || sh.IsOnly() {
		return err
	}
	var own []string
	for _, t := range loaded.Targets {
		if sh.Owns(t.Name) {
			own = append(own, t.Name)
		}
	}
	if _, err := fmt.Fprintf(s.out, "%d of them in %v:\n", len(own), sh); err != nil {
		return err
	}
	for _, name := range own {
		if _, err := fmt.Fprintln(s.out, name); err != nil {
			return err
		}
	}
	return nil
}

// summarize returns one line about what a configuration makes the exporter do.
func summarize(c *config.Config) string {
	overridden, disabled, rate := 0, 0, 0.0
	for _, t := range c.Targets {
		if t.Disabled {
			disabled++
			continue
		}
		rate += 1 / t.Interval.Seconds()
		if t.Interval != c.Interval {
			overridden++
		}
	}
	text := view.Count(len(c.Targets), "printer", "printers")
	if disabled > 0 {
		text += fmt.Sprintf(" (%d disabled)", disabled)
	}
	text += fmt.Sprintf(" in %s, interval %s", view.Count(c.Files, "file", "files"), model.Duration(c.Interval))
	if overridden > 0 {
		text += fmt.Sprintf(" (%d with their own)", overridden)
	}
	if len(c.LabelNames) > 0 {
		text += ", labels " + strings.Join(c.LabelNames, ", ")
	} else {
		text += ", no labels"
	}
	if rate < 1 {
		return text + fmt.Sprintf("; %.1f probes per minute", rate*60)
	}
	return text + fmt.Sprintf("; %.1f probes per second", rate)
}
