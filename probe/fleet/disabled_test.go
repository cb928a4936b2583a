package fleet

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestDisabledPrintersAreNotProbed, by nobody; they are listed, and forgotten until they are enabled again.
func TestDisabledPrintersAreNotProbed(t *testing.T) {
	var requests atomic.Int32
	f := newFleet(t, func(*http.Request) (int, string) { requests.Add(1); return 200, idle }, "a")
	if _, _, err := f.ProbeNow(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	off := targets("a", "b")
	off[0].Disabled = true
	f.Replace(off)
	before := requests.Load()
	f.Probe(t.Context(), "a", time.Now().Add(time.Hour))
	for _, call := range []func() error{
		func() error { _, _, err := f.Current(t.Context(), "a"); return err },
		func() error { _, _, err := f.ProbeNow(t.Context(), "a"); return err },
	} {
		if err := call(); !errors.Is(err, probe.ErrDisabled) {
			t.Error(err)
		}
	}
	if n := requests.Load(); n != before {
		t.Errorf("%d requests", n-before)
	}
	s, ok := f.Status("a")
	if !ok || !s.Disabled || s.Probes != 0 || len(f.Steps("a")) != 0 {
		t.Errorf("%v %+v", ok, s)
	}
	entries := f.Entries()
	if len(entries) != 1 || entries[0].Target.Name != "b" || f.Len() != 1 {
		t.Errorf("%v are scheduled, %d are probed", entries, f.Len())
	}
	if edges := probe.EdgesOf(off[:1]); len(edges) != 0 {
		t.Errorf("edges %v", edges)
	}

	f.Replace(targets("a", "b"))
	if s, _, err := f.Current(t.Context(), "a"); err != nil || s.Disabled || s.Probes != 1 {
		t.Errorf("enabled again: %v %+v", err, s)
	}
}
