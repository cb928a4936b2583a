package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/internal/console"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

type probeCommand struct {
	Names       []string `arg:"" optional:"" name:"name" help:"Names of printers in the configuration."`
	All         bool     `help:"Probe all printers."`
	Output      string   `enum:"text,json" default:"text" help:"text, or json: the objects of the JSON API, with each request."`
	Concurrency int      `name:"concurrency" default:"32" help:"Maximum number of printers to probe at a time."`
	ConfigPath  string   `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"Configuration file, or - for standard input, which is read once (default: ${default})."`
}

// Help is shown below the usage of the command.
func (probeCommand) Help() string {
	return "Requests the status of each printer once. It needs the configuration file only, and does not affect a running exporter.\n\n" +
		"A disabled printer is probed only if it is named.\n\n" + exitHelp()
}

// Validate is called by kong.
func (c probeCommand) Validate() error {
	switch {
	case c.All && len(c.Names) > 0:
		return errors.New("--all excludes printer names; use one of them")
	case !c.All && len(c.Names) == 0:
		return errors.New("no printer is named; add the names of printers, or --all")
	case c.Concurrency < 1:
		return errors.New("--concurrency must be at least 1")
	}
	return nil
}

// Run probes the printers and shows each result as soon as it is there. An interrupt ends it with the results so far.
func (c probeCommand) Run(s stdio) error {
	loaded, _, err := config.Load(c.ConfigPath)
	if err != nil {
		return err
	}
	targets, err := c.selectTargets(loaded.Targets)
	if err != nil {
		return err
	}
	for i := range targets {
		if targets[i].Disabled {
			fmt.Fprintf(s.err, "note: %s is disabled in the configuration (enabled: false); probing it because it is named\n", targets[i].Name)
			targets[i].Disabled = false
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process
	return probeOnce(ctx, s, targets, c.Concurrency, c.Output == "json")
}

// selectTargets returns the targets to probe, in the order of the arguments.
func (c probeCommand) selectTargets(all []probe.Target) ([]probe.Target, error) {
	if c.All && len(all) == 0 {
		return nil, errors.New("no printers are configured; add one with octoeverywhere_exporter add")
	}
	if c.All {
		enabled := slices.DeleteFunc(slices.Clone(all), func(t probe.Target) bool { return t.Disabled })
		if len(enabled) == 0 {
			return nil, errors.New("all printers are disabled in the configuration (enabled: false); name those to probe anyway")
		}
		return enabled, nil
	}
	byName := make(map[string]probe.Target, len(all))
	names := make([]string, len(all))
	for i, t := range all {
		byName[t.Name], names[i] = t, t.Name
	}
	var targets []probe.Target
	for i, name := range c.Names {
		t, ok := byName[name]
		if !ok {
			return nil, noSuchPrinter(name, names)
		}
		if !slices.Contains(c.Names[:i], name) {
			targets = append(targets, t)
		}
	}
	return targets, nil
}

// maxListedPrinters is how many names the error about an unknown printer lists.
const maxListedPrinters = 10

func noSuchPrinter(name string, names []string) error {
	text := "no printer named " + config.Quote(name) + " is configured"
	meant := strictyaml.Nearest(name, names)
	switch more := len(names) - maxListedPrinters; {
	case meant != "":
		return fmt.Errorf("%s; did you mean %q?", text, meant)
	case len(names) == 0:
		return fmt.Errorf("%s, and no other; add one with octoeverywhere_exporter add", text)
	case more > 0:
		return fmt.Errorf("%s; there are %s and %d more", text, strings.Join(names[:maxListedPrinters], ", "), more)
	}
	return fmt.Errorf("%s; there are %s", text, strings.Join(names, ", "))
}

// probed is the result of one probe.
type probed struct {
	status *probe.Status // Probes is 0 if the probe was canceled
	steps  []probe.Result
}

// probeOnce probes targets, at most concurrency at a time, and shows the results. Its error is the exit status.
func probeOnce(ctx context.Context, s stdio, targets []probe.Target, concurrency int, asJSON bool) error {
	var progress atomic.Pointer[console.ProbeProgress]
	printers := fleet.New(fleet.Options{Progress: func(p fleet.Progress) {
		progress.Store(&console.ProbeProgress{Request: p.Request, Phase: p.Phase, Status: p.Known})
	}})
	printers.Replace(targets)
	defer printers.Close()
	results := make(chan probed)
	var group errgroup.Group
	go func() {
		defer close(results)
		group.SetLimit(concurrency)
		for _, t := range targets {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				printers.Probe(ctx, t.Name, time.Now())
				status, _ := printers.Status(t.Name)
				results <- probed{status, printers.Steps(t.Name)}
				return nil
			})
		}
		_ = group.Wait() // no probe returns an error
	}()

	v := newView(s, targets, asJSON)
	known := v.show(results, &progress)
	return statusOf(known, len(targets))
}

// statusOf returns the exit status: that of the closest failing layer.
func statusOf(known []probed, wanted int) error {
	if len(known) < wanted {
		return exitStatus(exitInterrupted)
	}
	var closest fault.Layer
	for _, p := range known {
		if l := p.status.Fault.Layer; l != 0 && (closest == 0 || l < closest) {
			closest = l
		}
	}
	if closest == 0 {
		return nil
	}
	return exitStatus(layerExitCode(closest))
}
