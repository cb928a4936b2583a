package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// setClock is a file added to the program under test. A signal steps its wall clock by the number of seconds in the
// environment. The monotonic clock is not affected, as when the clock of a machine is set.
const setClock = `package main

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func init() {
	step, _ := strconv.ParseInt(os.Getenv("TEST_CLOCK_STEP"), 10, 64)
	set := make(chan os.Signal, 1)
	signal.Notify(set, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		for s := range set {
			if s == syscall.SIGUSR1 {
				time.WallClockIsOff += step
			} else {
				time.WallClockIsOff -= step
			}
		}
	}()
}
`

// withClock builds the exporter with a time.Now that setClock can step: tests cannot set the clock of the machine.
func withClock(t *testing.T) (program string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const reads = "\tsec, nsec, mono := runtimeNow()\n\tif mono == 0 {"
	if bytes.Count(text, []byte(reads)) != 1 {
		t.Fatal("time.Now of this Go version does not look as expected")
	}
	changed := strings.Replace(string(text), reads, strings.Replace(reads, "\n", "\n\tsec += WallClockIsOff\n", 1), 1) +
		"\n// WallClockIsOff is the step in seconds.\nvar WallClockIsOff int64\n"
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		original:                               testkit.WriteFile(t, dir, "time.go", "%s", changed),
		filepath.Join(here, "clock_is_set.go"): testkit.WriteFile(t, dir, "clock_is_set.go", setClock),
	}})
	if err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(dir, "octoeverywhere_exporter")
	build := exec.Command("go", "build", "-overlay="+testkit.WriteFile(t, dir, "overlay.json", "%s", overlay), "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// TestWallClockSteps: the wall clock is set back and forward by less than an interval, by minutes and by days. Printers are
// probed as before, no exported time is negative, and no status changes. Only certificates are invalid until the clock is
// right.
func TestWallClockSteps(t *testing.T) {
	if !testkit.Long() {
		t.Skip("this builds the Go standard library, which takes a minute: LONG_TESTS=1")
	}
	program := withClock(t)
	for _, step := range []time.Duration{time.Second, 20 * time.Minute, 48 * time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			relay := simulator.New(simulator.Options{Printers: 20, Seed: 9})
			srv := listen(t, relay, "127.0.0.1:0")
			path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{Interval: 2 * time.Second, Timeout: 1400 * time.Millisecond})
			address := testkit.FreeAddress(t)
			cmd := exec.Command(program, "serve", "--log.level=debug", "--config.file="+path, "--web.listen-address="+address)
			cmd.Env = append(os.Environ(), fmt.Sprintf("TEST_CLOCK_STEP=%.0f", step.Seconds()))
			p := testkit.StartReady(t, cmd, address)
			p.Until("all are healthy", func() bool { return p.Healthy() == 20 })
			c := clock{t, p, relay, 0}
			if step < 24*time.Hour { // the relay's certificate is valid for a day
				for _, by := range []time.Duration{step, -step, -step, step} {
					c.set(by)
					c.checkProbing()
				}
				if changes := statusChanges(p); len(changes) != 0 || p.Healthy() != 20 {
					t.Errorf("%d are healthy; %v", p.Healthy(), changes)
				}
				return
			}
			// A connection that seems idle for days is not reused, but one that had a request in flight does not seem idle: then
			// the step is made again.
			var stepped time.Time
			p.Until("certificates are reported as invalid", func() bool {
				if len(p.Metrics("octoeverywhere_last_error{", `reason="tls_failed"`, "} 1")) == 20 {
					return strings.Contains(p.Output(), `"cause":"certificate has expired or is not yet valid"`)
				}
				switch since := time.Since(stepped); {
				case c.off == 0 && since > time.Second:
					c.set(step)
					stepped = time.Now()
				case c.off != 0 && since > 15*time.Second:
					c.set(-step)
					stepped = time.Now()
				}
				return false
			})
			c.set(-step)
			p.Until("all are healthy once the clock is right", func() bool { return p.Healthy() == 20 })
			c.checkProbing()
		})
	}
}

// clock is the wall clock of a running exporter.
type clock struct {
	t     *testing.T
	p     *testkit.Process
	relay *simulator.Relay
	off   time.Duration
}

func (c *clock) set(by time.Duration) {
	c.t.Helper()
	signal := syscall.SIGUSR1
	if by < 0 {
		signal = syscall.SIGUSR2
	}
	c.p.Signal(signal)
	c.off += by
}

// checkProbing checks that each printer is probed as often as before.
func (c *clock) checkProbing() {
	c.t.Helper()
	const duration = 6 * time.Second // three intervals; one more tick where the offset starts anew
	time.Sleep(200 * time.Millisecond)
	c.relay.ResetCounts()
	time.Sleep(duration)
	for _, one := range c.relay.Printers() {
		if n, err := c.relay.Counts(one.Name); err != nil || n.Status < 2 || n.Status > 4 || n.MaxConcurrent > 1 && n.Ping == 0 {
			c.t.Errorf("the clock is off by %v: %+v %v", c.off, n, err)
		}
	}
	c.checkTimes()
}

// checkTimes checks all exported times: none is negative, and those of the last probes are recent.
func (c *clock) checkTimes() {
	c.t.Helper()
	for _, l := range c.p.Metrics("octoeverywhere_", "_seconds") {
		at := strings.LastIndexByte(l, ' ')
		var v float64
		if _, err := fmt.Sscan(l[at+1:], &v); err != nil || v < 0 {
			c.t.Errorf("the clock is off by %v: %s", c.off, l)
		}
		name, _, _ := strings.Cut(l, "{")
		now := float64(time.Now().Add(c.off).UnixNano()) / 1e9
		switch name {
		case "octoeverywhere_last_probe_timestamp_seconds":
			if v < now-5 || v > now+1 {
				c.t.Errorf("the clock is off by %v: %s, and it is %.0f", c.off, l, now)
			}
		case "octoeverywhere_next_probe_timestamp_seconds":
			if v < now-1 || v > now+3 {
				c.t.Errorf("the clock is off by %v: %s, and it is %.0f", c.off, l, now)
			}
		}
	}
}
