package web

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMaxRequests: limited routes share the slots, probes and health checks need none. Each rejected request is reported.
func TestMaxRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		o.MaxRequests = 3
		o.Lifecycle, o.Pprof = true, true
		reported := 0
		o.Rejected = func() { reported++ }
		release := make(chan struct{})
		o.Metrics = metrics(func(http.ResponseWriter, *http.Request) { <-release })
		h := New(o)
		var inFlight sync.WaitGroup
		for range 3 {
			inFlight.Go(func() { serve(h, "/metrics") })
		}
		synctest.Wait()
		overLimit := reply{503, plain, "", "3 requests are in flight, which is the limit: raise --web.max-requests if all of them are yours\n"}
		for target, rejected := range map[string]bool{
			"/metrics": true, "/": true, "/printers/idle": true, "/api/v1/printers": true, "/api/v1/printers/idle": true, "/sd": true,
			"/debug/pprof/": true, "/debug/pprof/goroutine": true,
			"/probe?target=idle": false, "/-/healthy": false, "/-/ready": false, "/assets/style.css": false, "/nothing": false,
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
			if got := w.Code == http.StatusServiceUnavailable; got != rejected {
				t.Errorf("%s: %d", target, w.Code)
			}
			if rejected {
				if reported--; reported != 0 {
					t.Errorf("%s: %d rejections reported", target, reported+1)
				}
				if d := cmp.Diff(overLimit, replyOf(w)); d != "" || w.Header().Get("Retry-After") != "1" {
					t.Errorf("%s: %s", target, d)
				}
			}
		}
		close(release)
		inFlight.Wait()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusOK {
			t.Errorf("after the others have ended: %d", w.Code)
		}
		if reported != 0 {
			t.Errorf("%d rejections reported for requests that were served", reported)
		}
	})
}

// TestMaxRequestsOfZeroIsNoLimit sends 200 requests at a time.
func TestMaxRequestsOfZeroIsNoLimit(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		o := shop().options()
		together := make(chan struct{})
		var here sync.WaitGroup
		here.Add(200)
		o.Metrics = metrics(func(http.ResponseWriter, *http.Request) { here.Done(); <-together })
		h := New(o)
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() { serve(h, "/metrics") })
		}
		here.Wait()
		close(together)
		all.Wait()
	})
}

// deadlines is a response that records its write deadlines.
type deadlines struct {
	httptest.ResponseRecorder
	set []time.Duration
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, time.Until(at))
	return nil
}

// TestWriteDeadlines: a response that makes progress gets more time every second, two minutes in total.
func TestWriteDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &deadlines{}
		withWriteDeadlines(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 250 {
				_, _ = w.Write([]byte("x"))
				time.Sleep(500 * time.Millisecond)
			}
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if n := len(w.set); n < 60 || n > 130 {
			t.Errorf("the deadline was moved %d times", n)
		}
		if first, last := w.set[0], w.set[len(w.set)-1]; first != writeStallTimeout || last > 0 {
			t.Errorf("first %v, last %v", first, last)
		}
	})
}
