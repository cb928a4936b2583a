package cli

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// TestSignalsEndARun that ends in order, hangs, or panics.
func TestSignalsEndARun(t *testing.T) {
	secrets := testkit.NewCanaries()
	ends := func(ctx context.Context) error { <-ctx.Done(); time.Sleep(time.Second); return nil }
	hangs := func(context.Context) error { time.Sleep(time.Hour); return nil }
	for name, c := range map[string]struct {
		serve   func(context.Context) error
		signals []time.Duration // when they come
		took    time.Duration
		code    int
		report  string // a part of the error
	}{
		"in order":        {ends, []time.Duration{time.Minute}, time.Minute + time.Second, 0, ""},
		"a second signal": {ends, []time.Duration{time.Minute, time.Minute + 500*time.Millisecond}, time.Minute + 500*time.Millisecond, exitInterrupted, ""},
		"two at once":     {hangs, []time.Duration{0, 0}, 0, exitInterrupted, ""},
		"it hangs":        {hangs, []time.Duration{time.Minute}, time.Minute + endTimeout, exitFailed, "shutdown took longer than 4s"},
		"it panics":       {func(context.Context) error { panic("https://" + testkit.Mark + ".octoeverywhere.com") }, nil, 0, exitPanic, "signals_test.go"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := signals{end: make(chan os.Signal, 2)}
				go func() {
					begin := time.Now()
					for _, at := range c.signals {
						time.Sleep(at - time.Since(begin))
						s.end <- os.Interrupt
					}
				}()
				begin := time.Now()
				err := s.run(c.serve)
				took := time.Since(begin)
				code, report := exitCode(err)
				if took != c.took || code != c.code || report != (c.report != "") || report && !strings.Contains(err.Error(), c.report) {
					t.Errorf("after %v: exit code %d, %v", took, code, err)
				}
				if err != nil {
					secrets.Absent(t, "the error", err.Error())
				}
				time.Sleep(2 * time.Hour) // what hangs ends
			})
		})
	}
}
