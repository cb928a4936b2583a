// Command hostile runs malicious and broken servers on loopback, each on its own port, and writes the configuration with
// which the exporter probes one printer behind each of them:
//
//	go run ./test/hostile -interval 15s -timeout 2s
//	octoeverywhere_exporter --config.file=hostile.yaml
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"octoeverywhere_exporter/test/hostile/cases"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// run serves all cases until ctx ends.
func run(ctx context.Context, args []string, out, usage io.Writer) error {
	flags := flag.NewFlagSet("hostile", flag.ContinueOnError)
	flags.SetOutput(usage)
	path := flags.String("config.file", "hostile.yaml", "where to write the exporter's configuration")
	interval := flags.Duration("interval", 15*time.Second, "probe interval in that configuration")
	timeout := flags.Duration("timeout", 2*time.Second, "probe timeout in that configuration")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *interval < time.Second || *timeout <= 0 || *timeout > *interval {
		return fmt.Errorf("-interval %v, -timeout %v: the interval must be at least 1s, and the timeout must be within the interval", *interval, *timeout)
	}
	fleet, err := cases.ListenAll()
	if err != nil {
		return err
	}
	defer fleet.Close()
	file, err := os.OpenFile(*path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	if err := errors.Join(fleet.WriteConfig(file, *interval, *timeout), file.Close()); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	fmt.Fprintf(out, `%d hostile servers are listening on 127.0.0.1, with one printer behind each
configuration written to %s; start the exporter with:
  octoeverywhere_exporter --config.file=%[2]s
the label "expected" has the correct reasons of a printer, "none" for a healthy one
`, len(fleet.Servers()), *path)
	<-ctx.Done()
	return nil
}
