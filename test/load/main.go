// Command load measures the cost of the exporter. It runs a simulated relay and the exporter as two processes, and reads
// CPU and memory from /proc, the exporter's own metrics, and the request counts of the relay:
//
//	go run ./test/load -printers 100,1000,10000,50000 -out docs/internals/performance.md
//
// With -soak it starts and ends outages, and compares the relay's log with the exporter's verdicts:
//
//	go run ./test/load -soak 15m -printers 2000
//
// Everything runs on loopback. Each printer has its own host name, as with the real service; this needs permission to
// create mount namespaces. Arguments after -- are flags of `serve`, for comparisons:
//
//	go run ./test/load -printers 10000 -- --no-probe.share-connections
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

// command runs the program and returns its exit code.
func command(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(args) > 2 && args[0] == withHosts {
		err = execWithHosts(args[1:])
	} else {
		err = run(ctx, args, os.Stdout, os.Stderr)
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(os.Stderr, "load:", err)
	return 1
}

// run measures what args ask for. It writes the results to out and its progress to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return errors.New("this needs /proc of Linux to read the cost of a process")
	}
	if o.document != "" { // before the measurement, which takes minutes
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

	if o.hostNamesErr = checkHostNames(ctx, dir, program); o.hostNamesErr != nil {
		fmt.Fprintf(progress, "all printers have the same host name, so that --probe.share-connections makes no difference: "+
			"mount namespaces are not permitted: %v\n", o.hostNamesErr)
	}
	if o.soak > 0 {
		return soakAll(ctx, o, program, dir, out, progress)
	}
	var all []measurement
	for _, n := range o.printers {
		fmt.Fprintf(progress, "%d printers: takes about %v\n", n, o.duration())
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
