package fleet

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// recorder is an observer that counts.
type recorder struct {
	NopObserver
	requested, probed int
	changes           []string
	panics            []string
}

func (r *recorder) Requested(probe.Request, time.Duration) { r.requested++ }
func (r *recorder) Probed(probe.Target, []probe.Result)    { r.probed++ }
func (r *recorder) Changed(before, after *probe.Status) {
	r.changes = append(r.changes, before.Fault.Reason+">"+after.Fault.Reason)
}

func (r *recorder) Panicked(c Component, name string, value any, _ []byte) {
	r.panics = append(r.panics, fmt.Sprint(c, " ", name, " ", value))
}

func TestObserverIsCalled(t *testing.T) {
	codes := []int{200, 200, 601, 601, 785, 200}
	var seen recorder
	f := New(Options{Observer: &seen, RoundTripper: responder(func(*http.Request) (int, string) {
		code := codes[0]
		codes = codes[1:]
		if code == 785 {
			return 200, `{"Status":785}`
		}
		return code, idle
	})})
	defer f.Close()
	f.Replace(targets("a"))
	for range 6 {
		if _, _, err := f.ProbeNow(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{">", ">plugin_offline", "plugin_offline>host_disconnected", "host_disconnected>"}
	if !slices.Equal(seen.changes, want) || seen.requested != 6 || seen.probed != 6 {
		t.Errorf("%q, %d requests, %d probes", seen.changes, seen.requested, seen.probed)
	}
}

// TestPanicEndsItsProbeOnly: the client gets an error, nothing is learned, and the next probe is made.
func TestPanicEndsItsProbeOnly(t *testing.T) {
	var seen recorder
	broken := true
	f := New(Options{Observer: &seen, RoundTripper: responder(func(r *http.Request) (int, string) {
		if broken {
			panic("a bug")
		}
		return healthy(r)
	})})
	defer f.Close()
	f.Replace(targets("a"))
	if _, _, err := f.ProbeNow(t.Context(), "a"); !errors.Is(err, probe.ErrPanicked) {
		t.Error(err)
	}
	f.Probe(t.Context(), "a", time.Now())
	if want := []string{"probe a a bug", "probe a a bug"}; !slices.Equal(seen.panics, want) || statusOf(t, f, "a").Probes != 0 || f.InFlight() != 0 {
		t.Errorf("%q, %d probes", seen.panics, statusOf(t, f, "a").Probes)
	}
	broken = false
	if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || !s.Success() {
		t.Error(err)
	}
}
