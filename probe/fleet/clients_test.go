package fleet

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
)

// TestClientsThatGiveUpCancelNothing: 50 clients give up at random times, for an hour, on a printer that responds slowly. The
// schedule goes on undisturbed, and no request is sent that it would not have sent.
func TestClientsThatGiveUpCancelNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside, most, requests atomic.Int32
		f := answeredBy(t, func(*http.Request) (int, string) {
			requests.Add(1)
			most.Store(max(most.Load(), inside.Add(1)))
			time.Sleep(8 * time.Second)
			inside.Add(-1)
			return 200, idle
		}, "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var all sync.WaitGroup
		dropped := 0
		all.Go(func() {
			for ctx.Err() == nil {
				if !f.Probe(ctx, "a", time.Now()) {
					dropped++
				}
				time.Sleep(time.Minute)
			}
		})
		for i := range 50 {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			all.Go(func() {
				for ctx.Err() == nil {
					client, giveUp := context.WithTimeout(ctx, time.Duration(r.Int64N(int64(10*time.Second))))
					if s, _, err := f.Current(client, "a"); s == nil || err != nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Error(s, err)
					}
					giveUp()
					time.Sleep(time.Duration(r.Int64N(int64(time.Second))))
				}
			})
		}
		all.Wait()
		f.Close()
		if n := requests.Load(); n < 50 || n > 60 || most.Load() != 1 {
			t.Errorf("%d requests in an hour, %d at a time", n, most.Load())
		}
		if s := know(t, f, "a"); s.Probes < 50 || !s.Success() {
			t.Errorf("%d probes, %s", s.Probes, s.Fault.Reason)
		}
	})
}

// TestProbeOutlivesItsClient: a probe that a client has started goes on when the client gives up, and the result
// is known afterwards. A tick of the schedule in the meantime is dropped, and says so.
func TestProbeOutlivesItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answeredBy(t, func(*http.Request) (int, string) { time.Sleep(5 * time.Second); return 200, idle }, "a")
		ctx, giveUp := context.WithTimeout(t.Context(), time.Second)
		defer giveUp()
		s, results, err := f.ProbeNow(ctx, "a")
		if !errors.Is(err, context.DeadlineExceeded) || s == nil || s.Probes != 0 || results != nil {
			t.Errorf("%v %v %v", s, results, err)
		}
		if f.Probe(t.Context(), "a", time.Now()) {
			t.Error("a tick is not reported as dropped")
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s := know(t, f, "a"); s.Probes != 1 || !s.Success() || f.InFlight() != 0 {
			t.Errorf("%d probes, %s", s.Probes, s.Fault.Reason)
		}
	})
}

// TestProbeNowJoinsAStatusRequest: two people who want the same thing cost one request; a ping is not what they want.
func TestProbeNowJoinsAStatusRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var status, pings atomic.Int32
		f := answeredBy(t, func(r *http.Request) (int, string) {
			time.Sleep(time.Second)
			if r.URL.Path == "/octoeverywhere-command-api/ping" {
				pings.Add(1)
				return 200, `{"Status":200,"Result":{}}`
			}
			status.Add(1)
			return 200, `{"Status":785}`
		}, "a")
		var all sync.WaitGroup
		press := func() {
			all.Go(func() {
				if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || !s.Fault.Same(fault.FromPlugin(785)) {
					t.Error(err)
				}
			})
		}
		press()
		press()
		all.Wait()
		if status.Load() != 1 {
			t.Errorf("%d status requests for two presses of the button", status.Load())
		}
		all.Go(func() { f.Probe(t.Context(), "a", time.Now()) }) // 785 has a backoff: a ping
		synctest.Wait()
		press()
		all.Wait()
		if status.Load() != 2 || pings.Load() != 1 {
			t.Errorf("%d status requests, %d pings", status.Load(), pings.Load())
		}
	})
}

// TestCloseCancelsProbesOfClients: nothing is learned from them.
func TestCloseCancelsProbesOfClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answeredBy(t, func(*http.Request) (int, string) { return 0, "" }, "a")
		var client sync.WaitGroup
		client.Go(func() {
			if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || s.Probes != 0 {
				t.Error(s, err)
			}
		})
		synctest.Wait()
		begin := time.Now()
		f.Close()
		client.Wait()
		if time.Since(begin) > 0 {
			t.Errorf("it took %v", time.Since(begin))
		}
		if _, _, err := f.ProbeNow(t.Context(), "a"); err == nil {
			t.Error("a probe was started after Close")
		}
	})
}

// TestPauseBeforeThePing: a status request that timed out is over before the ping goes out, also where little time is left.
func TestPauseBeforeThePing(t *testing.T) {
	for what, c := range map[string]struct{ interval, timeout, want time.Duration }{
		"time enough": {time.Minute, 20 * time.Second, retryDelay},
		"little time": {time.Second, time.Second, 50 * time.Millisecond}, // a quarter of the 200 ms that are left
	} {
		synctest.Test(t, func(t *testing.T) {
			f := New(Options{RoundTripper: answering(func(r *http.Request) (int, string) {
				if r.URL.Path == "/octoeverywhere-command-api/ping" {
					return 200, `{"Status":200,"Result":{}}`
				}
				return 0, ""
			})})
			defer f.Close()
			ts := targets("a")
			ts[0].Interval, ts[0].Timeout = c.interval, c.timeout
			f.Replace(ts)
			f.Probe(t.Context(), "a", time.Now())
			results := f.Steps("a")
			if len(results) != 2 || !results[0].Fault.Same(fault.NoAnswer) {
				t.Fatalf("%s: %+v", what, results)
			}
			if got := results[1].Sent.Sub(results[0].Ended()); got != c.want {
				t.Errorf("%s: %v between the requests, want %v", what, got, c.want)
			}
		})
	}
}

// TestSuspendedExporter: it was stopped while it waited, and so was its own deadline: the printer is not to blame.
func TestSuspendedExporter(t *testing.T) {
	for suspended, canceled := range map[time.Duration]bool{0: false, maxOverdue: false, maxOverdue + time.Millisecond: true, time.Hour: true} {
		synctest.Test(t, func(t *testing.T) {
			f := answeredBy(t, func(r *http.Request) (int, string) {
				<-r.Context().Done()
				time.Sleep(suspended)
				return 0, ""
			}, "a")
			f.Probe(t.Context(), "a", time.Now())
			r := f.Steps("a")[0]
			if r.Canceled != canceled || canceled != r.Fault.None() {
				t.Errorf("%v after its deadline: %s, canceled: %v", suspended, r.Fault.Reason, r.Canceled)
			}
		})
	}
}
