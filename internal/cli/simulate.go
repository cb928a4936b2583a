package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/simulator"
)

type simulateCommand struct {
	Printers   int                   `default:"100" help:"Number of printers; 0 for those of the demo."`
	Listen     string                `name:"web.listen-address" env:"-" placeholder:"ADDRESS" default:"127.0.0.1:10060" help:"Loopback address of the relay (HTTPS)."`
	Seed       uint64                `default:"1" help:"Seed of the fleet. The same seed gives the same fleet."`
	Faults     simulator.FaultRatios `placeholder:"FAULT=RATIO,…" help:"Ratio of printers with each fault, e.g. off=0.2,offline=0.05,auth_invalid=0.01."`
	Latency    simulator.Latency     `default:"50ms-300ms" help:"Latency of each response."`
	ConfigFile string                `name:"config.file" env:"-" default:"simulated.yaml" type:"path" placeholder:"FILE" help:"Where to write the exporter's configuration (default: ${default})."`
	Interval   time.Duration         `default:"60s" help:"Probe interval in that configuration."`
	Timeout    time.Duration         `help:"Probe timeout in that configuration (default: 20s, or the interval if that is shorter)."`
}

// Validate is called by kong, so that its errors have the exit code of usage errors.
func (c simulateCommand) Validate() error {
	if c.Printers < 0 || c.Printers > maxSimulated {
		return fmt.Errorf("--printers must be at least 0, and at most %d", maxSimulated)
	}
	return cmp.Or(checkInterval(c.Interval), c.checkTimeout(), checkTCPAddresses("web.listen-address", c.Listen))
}

// maxInterval bounds intervals of simulated printers.
const maxInterval = 24 * time.Hour

// checkTimeout rejects a timeout that the generated configuration could not have.
func (c simulateCommand) checkTimeout() error {
	longest := min(c.Interval, config.MaxTimeout)
	if c.Timeout != 0 && (c.Timeout < time.Millisecond || c.Timeout > longest) {
		return fmt.Errorf("--timeout: %v is not from 1ms to %v; it must fit in the interval", c.Timeout, longest)
	}
	return nil
}

// maxSimulated bounds the printers of a relay, each of which takes about 1 kB of memory.
const maxSimulated = 1_000_000

// simulatedHeader begins a configuration that simulate has written and may replace.
const simulatedHeader = "# Simulated printers. `octoeverywhere_exporter simulate` replaces this file.\n"

// checkReplaceable returns an error if a file exists and simulate has not written it: it may be the configuration of real printers.
func checkReplaceable(file string) error {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // writing says why
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, len(simulatedHeader))
	if _, err := io.ReadFull(f, begin); err != nil || string(begin) != simulatedHeader {
		return fmt.Errorf("%s exists, and simulate has not written it; choose another file with --config.file, or remove it", file)
	}
	return nil
}

// checkInterval rejects an interval that the generated configuration could not have.
func checkInterval(d time.Duration) error {
	if d < time.Second || d > maxInterval {
		return fmt.Errorf("--interval must be at least 1s, and at most %v", maxInterval)
	}
	return nil
}

// Run serves the simulated relay until the process gets a signal to stop.
func (c simulateCommand) Run(s stdio) error {
	relay := simulator.New(simulator.Options{Printers: c.Printers, Seed: c.Seed, Faults: c.Faults, Latency: c.Latency})
	if c.Printers == 0 {
		relay = simulator.Demo(c.Seed)
	}
	if err := checkReplaceable(c.ConfigFile); err != nil {
		return err
	}
	srv, err := relay.Listen(c.Listen)
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("cannot listen on %s: %s", c.Listen, exporter.ExplainListen("web.listen-address", err))
	}
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := writeConfig(c.ConfigFile, srv, simulator.ConfigOptions{Interval: c.Interval, Timeout: c.Timeout}); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	if _, err := fmt.Fprintf(s.out, `simulating %d printers at %s
configuration written to %s; start the exporter with:
  octoeverywhere_exporter --config.file=%[3]s
request counts: %[2]s/-/sim/hits, faults: %[2]s/-/sim/faults, log: %[2]s/-/sim/log
`, len(relay.Printers()), srv.URL(), c.ConfigFile); err != nil {
		return err
	}
	waitForSignal()
	return nil
}

// waitForSignal waits for SIGINT or SIGTERM.
func waitForSignal() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
}
