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
		told := 0
		o.Refused = func() { told++ }
		leave := make(chan struct{})
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-leave })
		h := New(o)
		var inside sync.WaitGroup
		for range 3 {
			inside.Go(func() { serve(h, "/metrics") })
		}
		synctest.Wait()
		crowded := reply{503, plain, "", "3 requests are being answered, and no more are at a time: raise --web.max-requests if all of them are yours\n"}
		for target, refused := range map[string]bool{
			"/metrics": true, "/": true, "/printers/idle": true, "/api/v1/printers": true, "/api/v1/printers/idle": true, "/sd": true,
			"/debug/pprof/": true, "/debug/pprof/goroutine": true,
			"/probe?target=idle": false, "/-/healthy": false, "/-/ready": false, "/assets/style.css": false, "/nothing": false,
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
			if got := w.Code == http.StatusServiceUnavailable; got != refused {
				t.Errorf("%s: %d", target, w.Code)
			}
			if refused {
				if told--; told != 0 {
					t.Errorf("%s: told of %d", target, told+1)
				}
				if d := cmp.Diff(crowded, replyOf(w)); d != "" || w.Header().Get("Retry-After") != "1" {
					t.Errorf("%s: %s", target, d)
				}
			}
		}
		close(leave)
		inside.Wait()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusOK {
			t.Errorf("when they have left: %d", w.Code)
		}
		if told != 0 {
			t.Errorf("told of %d that were answered", told)
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
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { here.Done(); <-together })
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

// deadlines is an answer whose client takes it in its own time.
type deadlines struct {
	httptest.ResponseRecorder
	set []time.Duration
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, time.Until(at))
	return nil
}

// TestPatienceGoesAsFarAsTheClient: each second of an answer that goes on gives it more time, two minutes in all.
func TestPatienceGoesAsFarAsTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &deadlines{}
		patient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 250 {
				_, _ = w.Write([]byte("x"))
				time.Sleep(500 * time.Millisecond)
			}
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if n := len(w.set); n < 60 || n > 130 {
			t.Errorf("the deadline was moved %d times", n)
		}
		if first, last := w.set[0], w.set[len(w.set)-1]; first != stalled || last > 0 {
			t.Errorf("first %v, and at last %v", first, last)
		}
	})
}
