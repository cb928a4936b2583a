package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/simulator"
)

type demoCommand struct {
	Listen   []string      `name:"web.listen-address" default:"127.0.0.1:10059" help:"Address to listen on; can be repeated."`
	Seed     uint64        `default:"1" help:"The same seed is the same fleet."`
	Interval time.Duration `default:"5s" help:"How often each printer is probed; with 60s, as in earnest, everything takes its time."`

	Web     webFlags       `embed:""`
	Collect collectorFlags `embed:""`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c demoCommand) Validate() error { return cmp.Or(checkInterval(c.Interval), c.Web.check()) }

// Run starts the simulated relay and an exporter that is configured for it.
func (c demoCommand) Run(s streams, log *slog.Logger, b build) error {
	relay := simulator.Demo(c.Seed)
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer srv.Close()
	dir, err := os.MkdirTemp("", "octoeverywhere_exporter-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "config.yaml")
	if err := writeConfig(file, srv, simulator.ConfigOptions{Interval: c.Interval, Timeout: min(c.Interval*2/5, 20*time.Second)}); err != nil {
		return err
	}

	c.Web.EnableLifecycle = true
	a := newApp(log, file, shard.Shard{}, b, c.Collect.disabled())
	a.played = true
	if err := a.reload(); err != nil {
		return err
	}
	c.explain(s.out, relay)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return a.serve(ctx, c.Listen, c.Web, b)
}

// explain says where to look, and what is broken on purpose.
func (c demoCommand) explain(w io.Writer, relay *simulator.Relay) {
	at := "http://" + reachable(c.Listen[0])
	fmt.Fprintf(w, `A simulated fleet of %d printers is probed every %v. Look at

  %s/                     the fleet
  %s%s              what Prometheus scrapes
  curl -s %s%s | grep last_error

Broken on purpose:

`, len(relay.Printers()), c.Interval, at, at, c.Web.TelemetryPath, at, c.Web.TelemetryPath)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range relay.Printers() {
		if p.Description != "" {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Name, p.Platform, p.Description)
		}
	}
	_ = t.Flush()
	fmt.Fprint(w, "\nThe others are well. Press Ctrl-C to end.\n\n")
}

// reachable makes an address for a browser of one to listen on.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// writeConfig writes the configuration of a simulated fleet. It holds tokens, so it is for the owner's eyes only.
func writeConfig(file string, srv *simulator.Server, o simulator.ConfigOptions) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := srv.WriteConfig(f, o); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
