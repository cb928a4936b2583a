package fleet

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// TestOneRequestAtATime: a tick of the schedule is dropped while a probe is in flight, clients wait for that probe, and no
// request is sent whose result is known.
func TestOneRequestAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight, most, requests atomic.Int32
		slow := responder(func(*http.Request) (int, string) {
			most.Store(max(most.Load(), inFlight.Add(1)))
			requests.Add(1)
			time.Sleep(2 * time.Second)
			inFlight.Add(-1)
			return 200, idle
		})
		f := newFleet(t, slow, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		if f.InFlight() != 1 {
			t.Errorf("%d probes in flight", f.InFlight())
		}
		for range 10 {
			wg.Go(func() {
				if s, steps, err := f.Current(t.Context(), "a"); err != nil || s.Probes != 1 || len(steps) != 1 {
					t.Errorf("%v %v %v", s, steps, err)
				}
			})
			wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		}
		wg.Wait()
		if most.Load() != 1 || requests.Load() != 1 {
			t.Errorf("%d requests, %d at once", requests.Load(), most.Load())
		}
		time.Sleep(59 * time.Second)
		if _, _, err := f.Current(t.Context(), "a"); err != nil || requests.Load() != 1 {
			t.Error("a result younger than the interval is not used")
		}
		time.Sleep(time.Second)
		if _, _, err := f.Current(t.Context(), "a"); err != nil || requests.Load() != 2 {
			t.Error("an old result is used")
		}
		if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || requests.Load() != 3 || s.Probes != 3 {
			t.Error("ProbeNow returns a result that was there already")
		}
		if f.InFlight() != 0 {
			t.Errorf("%d probes in flight", f.InFlight())
		}
	})
}

// TestCurrentKeepsTheBackoff: it sends no more requests than the schedule would, however often it is called.
func TestCurrentKeepsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var status atomic.Int32
		off := responder(func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/status") {
				status.Add(1)
				return 200, `{"Status":785}`
			}
			return 200, `{"Status":200,"Result":{}}`
		})
		f := newFleet(t, off, "a")
		for range 240 {
			if _, _, err := f.Current(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(15 * time.Second)
		}
		if n := status.Load(); n < 12 || n > 15 {
			t.Errorf("%d status requests in an hour", n)
		}
	})
}

// TestHangingHost: a status request that times out is followed by a ping, within the interval.
func TestHangingHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pings := 0
		hangs := responder(func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/ping") {
				pings++
				return 200, `{"Status":200,"Result":{}}`
			}
			return 0, ""
		})
		f := New(Options{RoundTripper: hangs})
		defer f.Close()
		ts := targets("a")
		ts[0].Timeout = ts[0].Interval // both requests have to fit in the interval
		f.Replace(ts)
		begin := time.Now()
		f.Probe(t.Context(), "a", begin)
		if s := statusOf(t, f, "a"); !s.Fault.Same(fault.HostUnresponsive) || pings != 1 || time.Since(begin) >= time.Minute {
			t.Errorf("%s after %v", s.Fault.Reason, time.Since(begin))
		}
	})
}

// TestWaitingClientCanGiveUp: it does not wait for the end of the probe in flight.
func TestWaitingClientCanGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, func(*http.Request) (int, string) { return 0, "" }, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := f.Current(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		wg.Wait()
	})
}

// TestStepsSendNoRequest: the results of the last probe are kept.
func TestStepsSendNoRequest(t *testing.T) {
	f := newFleet(t, healthy, "a")
	if f.Steps("a") != nil || f.Steps("b") != nil {
		t.Error("there are steps before the first probe, or of no printer")
	}
	f.Probe(t.Context(), "a", time.Now())
	steps := f.Steps("a")
	if len(steps) != 1 || steps[0].Request != probe.StatusRequest || steps[0].Reading.State != 0 || statusOf(t, f, "a").Probes != 1 {
		t.Errorf("%+v", steps)
	}
}

func TestUnknownPrinters(t *testing.T) {
	f := New(Options{})
	defer f.Close()
	f.Probe(t.Context(), "nobody", time.Now())
	if _, _, err := f.ProbeNow(t.Context(), "nobody"); !errors.Is(err, probe.ErrNoSuchPrinter) {
		t.Error(err)
	}
	if _, _, err := f.Current(t.Context(), "nobody"); !errors.Is(err, probe.ErrNoSuchPrinter) {
		t.Error(err)
	}
}
