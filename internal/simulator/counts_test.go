package simulator

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, onePrinter(spec{hasAppToken: true, script: permanentFault(Off)}))
		p := c.relay.Printers()[0]
		start := time.Now()
		url := c.base + "/p/" + p.ID
		c.sendCommand(0, "status")
		time.Sleep(time.Second)
		c.sendCommand(0, "Ping")
		c.sendCommand(0, "CANCEL")
		c.sendCommand(0, "cancel")
		c.sendCommand(0, "get-connection-info")
		c.get(url+"/api/version", func(req *http.Request) { authorize(req, p) })
		c.get(url+"/octoeverywhere-command-api/ping", nil)
		c.get(url+"/octoeverywhere-command-api/ping", func(req *http.Request) { authorize(req, p); req.Method = http.MethodPost })
		c.info(0)
		c.get(c.base+"/p/nobody/octoeverywhere-command-api/ping", nil)

		got, err := c.relay.Counts("mk4-01")
		noError(t, err)
		second := start.Add(time.Second)
		want := Counts{
			Printer: "mk4-01", Requests: 9, Status: 1, Ping: 3, Info: 1, Forbidden: 4,
			ForbiddenCommands: []string{"cancel", "get-connection-info", "/api/version"},
			OtherMethods:      1, Unauthorized: 1, WakeUps: 1, MaxConcurrent: 1,
			Last: []time.Time{second, second, second, second, second, second, second, second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error("printer:", diff)
		}
		want.Printer, want.Requests, want.Ping, want.Unknown = "", 10, 4, 1
		if diff := cmp.Diff(want, c.relay.Total()); diff != "" {
			t.Error("total:", diff)
		}
		c.relay.ResetCounts()
		got, err = c.relay.Counts("mk4-01")
		noError(t, err)
		if diff := cmp.Diff(Counts{Printer: "mk4-01", Last: []time.Time{}}, got); diff != "" {
			t.Error("after a reset:", diff)
		}
	})
}

func TestForbiddenCommandsReturn754(t *testing.T) {
	c := newClient(t, onePrinter(spec{}))
	for _, command := range []string{"cancel", "pause", "resume", "get-connection-info", "webcam/list"} {
		if diff := cmp.Diff(unknownCommandResult, c.sendCommand(0, command)); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
	}
}

func TestConcurrencyIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := New(Options{Printers: 2, Seed: 1, Latency: Latency{100 * time.Millisecond, 100 * time.Millisecond}})
		c := newClient(t, relay)
		var requests sync.WaitGroup
		for _, i := range []int{0, 0, 0, 1} {
			requests.Go(func() { c.sendCommand(i, "ping") })
		}
		time.Sleep(50 * time.Millisecond)
		if got := relay.Total(); got.InFlight != 4 {
			t.Errorf("%d in flight, want 4", got.InFlight)
		}
		requests.Wait()
		one, err := relay.Counts(relay.Printers()[0].Name)
		noError(t, err)
		if all := relay.Total(); one.MaxConcurrent != 3 || all.MaxConcurrent != 4 || all.InFlight != 0 {
			t.Errorf("max concurrent %d for one printer and %d in total, %d still in flight; want 3, 4, 0", one.MaxConcurrent, all.MaxConcurrent, all.InFlight)
		}
	})
}

func TestLatencyIsWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := New(Options{Printers: 1, Seed: 1, Latency: Latency{50 * time.Millisecond, 300 * time.Millisecond}})
		c := newClient(t, relay)
		shortest, longest := time.Hour, time.Duration(0)
		for range 200 {
			start := time.Now()
			c.sendCommand(0, "ping")
			took := time.Since(start)
			shortest, longest = min(shortest, took), max(longest, took)
		}
		if shortest < 50*time.Millisecond || shortest > 70*time.Millisecond || longest > 300*time.Millisecond || longest < 280*time.Millisecond {
			t.Errorf("responses took %v to %v, want 50ms to 300ms", shortest, longest)
		}
	})
}

func TestUnknownNamesAreRejected(t *testing.T) {
	relay := onePrinter(spec{})
	for want, err := range map[string]error{
		`unknown printer "x"`: relay.SwitchOff("x"),
		`unknown printer "y"`: relay.StartPrint("y"),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := relay.SetFault("mk4-01", "of"); err == nil {
		t.Error("an unknown fault was accepted")
	}
}
