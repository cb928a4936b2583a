package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/hostile"
)

type simulateCommand struct {
	Printers int               `default:"100" help:"How many printers; 0 for the 24 of the demo."`
	Listen   string            `name:"listen-address" default:"127.0.0.1:10060" help:"Loopback address of the relay, HTTPS."`
	Seed     uint64            `default:"1" help:"The same seed is the same fleet."`
	Shares   simulator.Shares  `placeholder:"FAULT=PART,…" help:"Which part of the fleet has which fault, e.g. off=0.2,offline=0.05,auth_invalid=0.01."`
	Latency  simulator.Latency `default:"50ms-300ms" help:"How long each answer takes."`
	Config   string            `default:"simulated.yaml" type:"path" placeholder:"FILE" help:"Where to write the configuration that fits (default: ${default})."`
	Interval time.Duration     `default:"60s" help:"The interval in that configuration."`
	Hostile  bool              `help:"In place of that fleet: a relay for each way of meaning harm, each on a port of its own with one printer behind it."`
	Timeout  time.Duration     `help:"The timeout in that configuration (default: 20s, or the interval if that is shorter)."`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c simulateCommand) Validate() error {
	if c.Printers < 0 {
		return errors.New("--printers must be at least 0")
	}
	return checkInterval(c.Interval)
}

// checkInterval refuses an interval that the configuration which is made with it could not have.
func checkInterval(d time.Duration) error {
	if d < time.Second {
		return errors.New("--interval must be at least 1s")
	}
	return nil
}

// Run serves the simulated relay until the process is told to end.
func (c simulateCommand) Run(s stdio) error {
	if c.Hostile {
		return c.playHostile(s)
	}
	relay := simulator.New(simulator.Options{Printers: c.Printers, Seed: c.Seed, Shares: c.Shares, Latency: c.Latency})
	if c.Printers == 0 {
		relay = simulator.Demo(c.Seed)
	}
	srv, err := relay.Listen(c.Listen)
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := writeConfig(c.Config, srv, simulator.ConfigOptions{Interval: c.Interval, Timeout: c.Timeout}); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	fmt.Fprintf(s.out, `%d printers are simulated at %s
the configuration that fits is %s: octoeverywhere_exporter --config.file=%s
counts: %s, log of faults: %s
`, len(relay.Printers()), srv.URL(), c.Config, c.Config, srv.URL()+"/-/sim/hits", srv.URL()+"/-/sim/log")
	untilTold()
	return nil
}

// playHostile serves all hostile relays until the process is told to end.
func (c simulateCommand) playHostile(s stdio) error {
	fleet, err := hostile.ListenAll()
	if err != nil {
		return err
	}
	defer fleet.Close()
	f, err := os.OpenFile(c.Config, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	timeout := cmp.Or(c.Timeout, min(c.Interval, 20*time.Second))
	if err := errors.Join(fleet.WriteConfig(f, c.Interval, timeout), f.Close()); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	fmt.Fprintf(s.out, `%d hostile relays listen on 127.0.0.1, each with one printer behind it
the configuration that fits is %s: octoeverywhere_exporter --config.file=%[2]s
the label "expected" has the reasons that are right for a printer, "none" where it is well
`, len(fleet.Relays()), c.Config)
	untilTold()
	return nil
}

// untilTold waits until the process is told to end.
func untilTold() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
}
