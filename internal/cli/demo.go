package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

type demoCommand struct {
	ListenAddresses []string      `name:"web.listen-address" default:"127.0.0.1:10059" help:"Address to listen on; can be repeated."`
	Seed            uint64        `default:"1" help:"Seed of the fleet. The same seed gives the same fleet."`
	Interval        time.Duration `default:"5s" help:"Probe interval. Shorter than the default of serve (60s), so that failures show up quickly."`

	Web     webFlags       `embed:""`
	Collect collectorFlags `embed:""`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c demoCommand) Validate() error {
	return cmp.Or(checkInterval(c.Interval), c.Web.validate(), checkTCPAddresses("web.listen-address", c.ListenAddresses...))
}

// Run starts the simulated relay and an exporter with a configuration for it.
func (c demoCommand) Run(s stdio, log *slog.Logger, queue *logQueue, b build) error {
	caught := catchSignals(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT) // there is nothing to reload
	go func() {                                                                            // ends with the process
		<-queue.broken
		caught.end <- syscall.SIGPIPE // nobody looks at the demo any more
	}()
	relay := simulator.Demo(c.Seed)
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer srv.Close()
	dir, err := os.MkdirTemp("", "octoeverywhere_exporter-demo-")
	if err != nil {
		return fmt.Errorf("%w; set the environment variable TMPDIR to a folder that exists and can be written to", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "config.yaml")
	if err := writeConfig(file, srv, simulator.ConfigOptions{Interval: c.Interval, Timeout: min(c.Interval*2/5, 20*time.Second)}); err != nil {
		return err
	}
	state, now := filepath.Join(dir, "state"), time.Now()
	if err := writePast(state, file, simulator.DemoPast(c.Seed, now), now, log); err != nil {
		return err
	}

	options := exporterOptions(log, queue, b, file, c.ListenAddresses, c.Web, c.Collect)
	options.StoragePath = state
	options.EnableLifecycle = true
	options.SuppressWarnings = true // about the short interval
	return caught.serve(options, func() error { return c.explain(s.out, relay, options.RoutePrefix) })
}

// explain prints where to look, and which printers fail.
func (c demoCommand) explain(w io.Writer, relay *simulator.Relay, prefix string) error {
	at := "http://" + browserAddress(c.ListenAddresses[0]) + prefix
	all, probed := len(relay.Printers()), probedPrinters(relay)
	fmt.Fprintf(w, `Monitoring a simulated fleet of %d printers (%d disabled), probed every %v:

  %s/                     pages
  %s%s              metrics
  curl -s %s%s | grep last_error

Simulated failures:

`, all, all-probed, c.Interval, at, at, c.Web.TelemetryPath, at, c.Web.TelemetryPath)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range relay.Printers() {
		if p.Description != "" {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Name, p.Platform, p.Description)
		}
	}
	_ = t.Flush()
	_, err := fmt.Fprint(w, "\nAll other printers are healthy. Press Ctrl-C to stop.\n\n")
	return err
}

// probedPrinters is the number of simulated printers that are not disabled.
func probedPrinters(relay *simulator.Relay) int {
	n := 0
	for _, p := range relay.Printers() {
		if !p.Disabled {
			n++
		}
	}
	return n
}

// browserAddress returns the address at which a browser reaches a listener.
func browserAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// writeConfig writes the configuration of a simulated fleet, readable by the owner only: it contains tokens.
func writeConfig(file string, srv *simulator.Server, o simulator.ConfigOptions) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(simulatedHeader)
	return errors.Join(cmp.Or(err, srv.WriteConfig(f, o)), f.Close())
}
