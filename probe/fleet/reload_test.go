package fleet

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

func TestReloadKeepsWhatIsKnown(t *testing.T) {
	f := newFleet(t, healthy, "a", "b")
	f.Probe(t.Context(), "a", time.Now())
	f.Probe(t.Context(), "b", time.Now())
	f.Replace(targets("c", "a"))
	var names []string
	for s := range f.All() {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"c", "a"}) || f.Len() != 2 {
		t.Errorf("the fleet is %v", names)
	}
	if statusOf(t, f, "a").Probes != 1 || statusOf(t, f, "c").Probes != 0 {
		t.Error("what was known of a is lost, or c knows something")
	}
	if _, ok := f.Status("b"); ok {
		t.Error("b is still there")
	}
	f.Replace(targets("b"))
	if statusOf(t, f, "b").Probes != 1 {
		t.Error("b came back without what was known")
	}
}

// TestChangedPrinterIsProbedAtOnce, whatever its backoff. Labels are no such change.
func TestChangedPrinterIsProbedAtOnce(t *testing.T) {
	f := newFleet(t, requireNewCredentials, "a")
	f.Probe(t.Context(), "a", time.Now())
	tick := time.Now().Add(30 * time.Second)
	f.Probe(t.Context(), "a", tick)
	if n := statusOf(t, f, "a").Probes; n != 1 {
		t.Fatalf("%d probes during the backoff", n)
	}
	version := f.Entries()[0].Version

	labeled := targets("a")
	labeled[0].Labels = map[string]string{"site": "lab"}
	f.Replace(labeled)
	f.Probe(t.Context(), "a", tick)
	if s := statusOf(t, f, "a"); s.Probes != 1 || s.Labels["site"] != "lab" || f.Entries()[0].Version != version {
		t.Error("another label ended the backoff, or is missing")
	}

	f.Replace(withNewCredentials("a"))
	f.Probe(t.Context(), "a", tick)
	if s := statusOf(t, f, "a"); s.Probes != 2 || !s.Success() || f.Entries()[0].Version == version {
		t.Errorf("new credentials are not tried: %d probes, %s", s.Probes, s.Fault.Reason)
	}
}

// TestReloadDuringAProbe: the result of a request with the old entry is discarded.
func TestReloadDuringAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, func(r *http.Request) (int, string) { time.Sleep(time.Second); return requireNewCredentials(r) }, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		f.Replace(withNewCredentials("a"))
		wg.Wait()
		if s := statusOf(t, f, "a"); s.Probes != 0 || !s.Fault.None() {
			t.Errorf("%d probes, %s", s.Probes, s.Fault.Reason)
		}
		f.Probe(t.Context(), "a", time.Now())
		if !statusOf(t, f, "a").Success() {
			t.Error("the new entry is not tried")
		}
	})
}

// TestOneRequestAtATimeAcrossReloads: a printer is renamed, removed, or added again while it is probed.
func TestOneRequestAtATimeAcrossReloads(t *testing.T) {
	var inFlight, most, requests atomic.Int32
	slow := responder(func(*http.Request) (int, string) {
		requests.Add(1)
		most.Store(max(most.Load(), inFlight.Add(1)))
		time.Sleep(5 * time.Second)
		inFlight.Add(-1)
		return 200, idle
	})
	at := func(address, name string) probe.Target {
		target := targets(address)[0]
		target.Name = name
		return target
	}
	for name, reloads := range map[string][][]probe.Target{
		"renamed":                 {{at("a", "new")}},
		"removed and added again": {{}, {at("a", "old")}},
		"added under a new name":  {{at("b", "old")}, {at("b", "old"), at("a", "new")}},
		"two change their names":  {{at("b", "old"), at("a", "new")}},
	} {
		synctest.Test(t, func(t *testing.T) {
			most.Store(0)
			f := New(Options{RoundTripper: slow})
			defer f.Close()
			f.Replace([]probe.Target{at("a", "old")})
			var wg sync.WaitGroup
			wg.Go(func() { f.Probe(t.Context(), "old", time.Now()) })
			synctest.Wait()
			for _, targets := range reloads {
				f.Replace(targets)
			}
			for _, e := range f.Entries() {
				if e.Target.Address.Secret != at("a", "").Address.Secret {
					continue
				}
				before := requests.Load()
				f.Probe(t.Context(), e.Target.Name, time.Now())
				if requests.Load() != before {
					t.Errorf("%s: a second request is sent", name)
				}
				wg.Go(func() { // waits for the slot
					if s, _, err := f.ProbeNow(t.Context(), e.Target.Name); err != nil || !s.Success() {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wg.Wait()
			if most.Load() != 1 {
				t.Errorf("%s: %d requests at once", name, most.Load())
			}
			f.Replace(nil)
			f.Replace(nil)
			if len(f.slots) != 0 {
				t.Errorf("%s: %d slots are kept", name, len(f.slots))
			}
		})
	}
}

// TestPrintersWithTheSameSettingsShareATransport, which is kept across reloads.
func TestPrintersWithTheSameSettingsShareATransport(t *testing.T) {
	f := New(Options{})
	defer f.Close()
	ts := targets("a", "b", "c")
	ts[2].Settings.Key = "other"
	f.Replace(ts)
	senders := func() (out []probe.Sender) {
		for _, p := range f.order {
			out = append(out, p.entry.Load().sender)
		}
		return out
	}
	first := senders()
	if first[0] != first[1] || first[1] == first[2] {
		t.Error("transports are not shared by setting")
	}
	f.Replace(ts)
	if !slices.Equal(first, senders()) {
		t.Error("a reload replaces transports")
	}
}
