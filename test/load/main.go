// Command load measures what the exporter costs. It starts a simulated relay and the exporter as two processes, lets the
// exporter probe, and reads from /proc, from the exporter's metrics and from the relay's counts what that took:
//
//	go run ./test/load -printers 100,1000,10000,50000 -out docs/internals/performance.md
//
// Or it lets outages come and go, and compares the relay's log of them with the exporter's verdicts:
//
//	go run ./test/load -soak 15m -printers 2000
//
// Everything stays on loopback. Flags of `serve` can follow, to compare: go run ./test/load -printers 10000 -- --runtime.gomaxprocs=2
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
)

func main() { os.Exit(command(os.Args[1:])) }

// command is the program; it gives the exit code.
func command(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, args, os.Stdout, os.Stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(os.Stderr, "load:", err)
	return 1
}

// run measures all that the arguments ask for. The figures go to out, what is going on to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return errors.New("this needs /proc as Linux has it: that is where the cost of a process is read")
	}
	if o.document != "" { // before minutes are spent
		if err := rewriteDocument(o.document, unchanged); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "octoeverywhere_exporter-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := build(ctx, dir)
	if err != nil {
		return err
	}

	if o.soak > 0 {
		return soakAll(ctx, o, program, dir, out, progress)
	}
	var all []measurement
	for _, n := range o.printers {
		fmt.Fprintf(progress, "%d printers: about %v\n", n, o.duration())
		f, err := measure(ctx, o, program, dir, n)
		if err != nil {
			if len(all) > 0 {
				fmt.Fprint(out, formatReport(o, all))
			}
			return fmt.Errorf("%d printers: %w", n, err)
		}
		all = append(all, f)
	}
	text := formatReport(o, all)
	fmt.Fprint(out, text)
	if o.document == "" {
		return nil
	}
	return rewriteDocument(o.document, func(string) string { return text })
}
