package web

import (
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// TestMaxRequests: pages, lists, profiles and errors share the slots, metrics have as many of their own, probes and health
// checks need none. Each rejected request is reported.
func TestMaxRequests(t *testing.T) {
	pages := []string{
		"/", "/printers/idle", "/api/v1/printers", "/api/v1/printers/idle", "/sd", "/debug/pprof/", "/debug/pprof/goroutine", "/nothing",
	}
	always := []string{"/probe?target=idle", "/-/healthy", "/-/ready", "/assets/style.css"}
	for full, rejected := range map[string][]string{"/sd": pages, "/metrics": {"/metrics"}} {
		synctest.Test(t, func(t *testing.T) {
			f := &blockingFleet{fleet: shop(), release: make(chan struct{})}
			o := f.options()
			o.Fleet, o.MaxRequests, o.Pprof = f, 3, true
			reported := 0
			o.Rejected = func() { reported++ }
			o.Metrics = metrics(func(http.ResponseWriter, *http.Request) { f.wait() })
			h := New(o)
			var inFlight sync.WaitGroup
			f.blocking.Store(true)
			for range 3 {
				inFlight.Go(func() { serve(h, full) })
			}
			synctest.Wait()
			f.blocking.Store(false)
			overLimit := reply{503, plain, "", "3 requests are in flight, which is the limit: raise --web.max-requests if all of them are yours\n"}
			for _, target := range slices.Concat(pages, always, []string{"/metrics"}) {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
				switch want := slices.Contains(rejected, target); {
				case want && (cmp.Diff(overLimit, replyOf(w)) != "" || w.Header().Get("Retry-After") != "1" || reported != 1),
					!want && (w.Code == http.StatusServiceUnavailable || reported != 0):
					t.Errorf("while the slots of %s are taken: %s: %d %s, %d rejections reported", full, target, w.Code, w.Body, reported)
				}
				reported = 0
			}
			close(f.release)
			inFlight.Wait()
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, full, nil)); w.Code != http.StatusOK || reported != 0 {
				t.Errorf("after the others have ended: %d, %d rejections reported", w.Code, reported)
			}
		})
	}
}

// blockingFleet is a fleet whose list blocks while blocking is set, until it is released.
type blockingFleet struct {
	*fleet
	blocking atomic.Bool
	release  chan struct{}
}

func (f *blockingFleet) wait() {
	if f.blocking.Load() {
		<-f.release
	}
}

func (f *blockingFleet) All() iter.Seq[*probe.Status] {
	f.wait()
	return f.fleet.All()
}

// TestLimitServer: on a listener, requests for metrics and for health find a slot however many others are in flight.
func TestLimitServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var rejected atomic.Int32
		h := LimitServer(16, "", "", func() { rejected.Add(1) })(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
		var inFlight sync.WaitGroup
		for _, target := range []string{"/", "/metrics", "/-/healthy"} {
			for range 20 {
				inFlight.Go(func() { serve(h, target) })
			}
			synctest.Wait()
		}
		if n := rejected.Load(); n != 60-16 {
			t.Errorf("%d of 60 requests were rejected at a limit of 16", n)
		}
		close(release)
		inFlight.Wait()
		for _, target := range []string{"/", "/metrics", "/-/ready"} {
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil)); w.Code != http.StatusOK {
				t.Errorf("%s after the others have ended: %d", target, w.Code)
			}
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

// TestWriteDeadlines: a response has none before the first write. After that, one that makes progress gets more time every
// second, two minutes in total.
func TestWriteDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &deadlines{}
		withWriteDeadlines(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(5 * time.Minute)
			for range 250 {
				_, _ = w.Write([]byte("x"))
				time.Sleep(500 * time.Millisecond)
			}
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if n := len(w.set); n < 60 || n > 130 {
			t.Errorf("the deadline was moved %d times", n)
		}
		if none, first, last := w.set[0], w.set[1], w.set[len(w.set)-1]; none > -time.Hour || first != writeStallTimeout || last > 0 {
			t.Errorf("before the first write %v, first %v, last %v", none, first, last)
		}
	})
}
