package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestOnlySoManyCostlyRequestsAreAnsweredAtATime: what is costly shares the places; probes and health are never refused. Each
// that is refused is told of.
func TestOnlySoManyCostlyRequestsAreAnsweredAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		o.MaxRequests = 3
		o.Lifecycle, o.Pprof = true, true
		told := 0
		o.Rejected = func() { told++ }
		leave := make(chan struct{})
		o.Metrics = metrics(func(http.ResponseWriter, *http.Request) { <-leave })
		h := New(o)
		var inside sync.WaitGroup
		for range 3 {
			inside.Go(func() { serve(h, "/metrics") })
		}
		synctest.Wait()
		crowded := reply{503, plain, "", "3 requests are in flight, which is the limit: raise --web.max-requests if all of them are yours\n"}
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

// TestThereNeedBeNoLimit: 0 is none.
func TestThereNeedBeNoLimit(t *testing.T) {
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

// TestPanics: whoever asks is told that there was a mistake, and its log where; nobody is told what it was about unless
// these are the words of Go itself.
func TestPanics(t *testing.T) {
	var none []int
	for what, c := range map[string]struct {
		panics func()
		want   string
	}{
		"a text":   {func() { panic(hidden) }, "a value of type string, not shown because it may contain a secret"},
		"an error": {func() { panic(fmt.Errorf("asking %s: %w", hidden, errors.ErrUnsupported)) }, "a value of type *fmt.wrapError, not shown because it may contain a secret"},
		"an index": {func() { _ = none[7] }, "runtime error: index out of range [7] with length 0"},
	} {
		o := shop().options()
		var route, got string
		var stack []byte
		o.Panicked = func(r, w string, s []byte) { route, got, stack = r, w, s }
		o.Reload = nil
		o.Ready = func() bool { c.panics(); return true }
		if d := cmp.Diff(reply{500, plain, "", "the exporter made a mistake, which is in its log\n"}, replyOf(call(o, "GET", "/-/ready"))); d != "" {
			t.Errorf("%s: %s", what, d)
		}
		if got != c.want || route != "GET /-/ready" || !bytes.Contains(stack, []byte("limit_test.go")) || bytes.Contains(stack, []byte(hidden)) {
			t.Errorf("%s: %q of %q at\n%s", what, got, route, stack)
		}
	}
}

// TestAPanicInAnAnswerBreaksItOff: nobody takes the part for the whole.
func TestAPanicInAnAnswerBreaksItOff(t *testing.T) {
	for what, p := range map[string]any{"a mistake": "x", "on purpose": http.ErrAbortHandler} {
		told := false
		o := shop().options()
		o.Panicked = func(string, string, []byte) { told = true }
		o.Metrics = metrics(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("part"))
			panic(p)
		})
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("%s: the answer goes on", what)
				}
			}()
			get(o, "/metrics")
		}()
		if told != (p == "x") {
			t.Errorf("%s: told %t", what, told)
		}
	}
}

// TestRoutesAreDocumented compares the routes with the package documentation, from which others take what to guard.
func TestRoutesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile(`(GET|POST) (/\S*?)(?:[?,]\S*)?\s`).FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1]+" "+m[2])
	}
	o := shop().options()
	o.Pprof = true
	routes := []string{"GET /metrics"}
	for _, r := range (&site{Options: o}).routes() {
		path := strings.NewReplacer("{$}", "", "{name}", "NAME", "{file}", "FILE").Replace(r.pattern)
		if method, below, ok := strings.Cut(path, "/debug/pprof/"); ok && below != "" {
			path = method + "/debug/pprof/" // one for all of them
			if method == "POST " {
				continue
			}
		}
		routes = append(routes, path)
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if d := cmp.Diff(slices.Compact(routes), slices.Compact(documented)); d != "" {
		t.Errorf("routes and documentation differ: %s", d)
	}
}
