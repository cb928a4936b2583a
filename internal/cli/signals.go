package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/view"
)

// endTimeout is how long a program that serves may take to end after the first signal, whatever hangs: a dial, a disk, a
// client. With logTimeout it stays below 5 s.
const endTimeout = 4 * time.Second

// signals are those that a program that serves handles. One that arrives early is kept until it is received.
type signals struct {
	end    chan os.Signal // ends the program
	hangup chan os.Signal // SIGHUP: reloads the configuration
}

// catchSignals must be called before anything slow: until then a signal kills the process. end are the signals that end the
// program; SIGHUP reloads where it is not among them. A log or standard output whose reader has ended does not end the process
// (SIGPIPE).
func catchSignals(end ...os.Signal) signals {
	s := signals{make(chan os.Signal, 2), make(chan os.Signal, 1)}
	signal.Ignore(syscall.SIGPIPE)
	if !slices.Contains(end, os.Signal(syscall.SIGHUP)) {
		signal.Notify(s.hangup, syscall.SIGHUP)
	}
	signal.Notify(s.end, end...)
	return s
}

// run runs a function until it returns. Its context ends at the first signal of end. A second one, or endTimeout, ends the wait
// for it: the caller must then end the process.
func (s signals) run(serve func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if e := recover(); e != nil {
				done <- bug(panicText(e))
			}
		}()
		done <- serve(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-s.end:
		cancel()
	}
	timer := time.NewTimer(endTimeout)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-s.end:
		return exitStatus(exitInterrupted)
	case <-timer.C:
		return serverError{endedByError, fmt.Errorf("shutdown took longer than %v; the process ends without it", endTimeout)}
	}
}

// The messages about a serverError.
const (
	cannotStart  = "cannot start octoeverywhere_exporter"
	endedByError = "octoeverywhere_exporter failed"
)

// serve makes an exporter, calls listening, unless nil, and runs the exporter until a signal ends it. It reloads it at each SIGHUP,
// also one that came while the configuration was first read.
func (s signals) serve(o exporter.Options, listening func() error) error {
	return s.run(func(ctx context.Context) error {
		e, err := exporter.New(o)
		if err != nil {
			return serverError{cannotStart, err}
		}
		if listening != nil {
			if err := listening(); err != nil {
				return err
			}
		}
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-s.hangup:
					_ = e.Reload() // logged
				}
			}
		}()
		if err := e.Run(ctx); err != nil {
			return serverError{endedByError, err}
		}
		return nil
	})
}

// panicText describes a bug by its stack, without the value, which Go itself would print.
func panicText(e any) string {
	return fmt.Sprintf("panic: %s\n%s", view.PanicText(e), debug.Stack())
}
