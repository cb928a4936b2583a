package fleet

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

// parseEntries makes targets of words like "name@host" or "name@host#id".
func parseEntries(text string) (all []probe.Target) {
	for word := range strings.FieldsSeq(text) {
		word, id, _ := strings.Cut(word, "#")
		name, host, _ := strings.Cut(word, "@")
		t := targets(name)[0]
		t.ID, t.Address = id, probe.NewAddress(&url.URL{Scheme: "https", Host: host + ".test"})
		all = append(all, t)
	}
	return all
}

// remembers shows for each printer the name under which it was first configured; "-" for one that is new.
func remembers(f *Fleet, first map[uint64]string) string {
	var words []string
	for r := range f.Records() {
		if !r.RemovedAt.IsZero() {
			continue
		}
		name, known := first[r.Number]
		if !known {
			name = "-"
		}
		words = append(words, r.Identity.Name+"="+name)
	}
	return strings.Join(words, " ")
}

// TestWhoseMemoryIsInherited by a reload, and by a restart, in the same way.
func TestWhoseMemoryIsInherited(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"nothing changed":                     {"a@1 b@2", "a@1 b@2", "a=a b=b"},
		"another order":                       {"a@1 b@2", "b@2 a@1", "b=b a=a"},
		"a name changed":                      {"a@1 b@2", "x@1 b@2", "x=a b=b"},
		"names swapped":                       {"a@1 b@2", "b@1 a@2", "b=a a=b"},
		"an address changed":                  {"a@1", "a@2", "a=-"},
		"an address changed, with an id":      {"a@1#k", "a@2#k", "a=a"},
		"both changed, with an id":            {"a@1#k", "x@2#k", "x=a"},
		"an id was added":                     {"a@1", "a@1#k", "a=a"},
		"an id was taken away":                {"a@1#k", "a@1", "a=a"},
		"another id":                          {"a@1#k", "a@1#l", "a=-"},
		"an id moved to another name":         {"a@1#k b@2", "a@1 b@2#k", "a=- b=a"},
		"one of two names at an address":      {"a@1 b@1", "a@1 x@1", "a=a x=b"},
		"both names at an address":            {"a@1 b@1", "x@1 y@1", "x=- y=-"},
		"two names left, one came":            {"a@1 b@1", "x@1", "x=-"},
		"one name left, two came":             {"a@1", "x@1 y@1", "x=- y=-"},
		"removed":                             {"a@1 b@2", "b@2", "b=b"},
		"an address moved to a known name":    {"a@1 b@2", "b@1", "b=a"},
		"two entries with one name and place": {"a@1", "a@1", "a=a"},
	} {
		t.Run(name, func(t *testing.T) {
			first := map[uint64]string{}
			f := newFleet(t, healthy)
			f.Replace(parseEntries(c.before))
			var stored []probe.Record
			for r := range f.Records() {
				first[r.Number] = r.Identity.Name
				r.Status = new(probe.NewStatus(probe.Target{}).Restored(r.Status.Memory(), time.Now()))
				stored = append(stored, r)
			}
			key := f.options.Key
			f.Replace(parseEntries(c.after))
			if got := remembers(f, first); got != c.want {
				t.Errorf("a reload: %s, not %s", got, c.want)
			}
			restarted := New(Options{RoundTripper: responder(healthy), Key: key})
			t.Cleanup(restarted.Close)
			restarted.Restore(stored)
			restarted.Replace(parseEntries(c.after))
			if got := remembers(restarted, first); got != c.want {
				t.Errorf("a restart: %s, not %s", got, c.want)
			}
		})
	}
}

// TestOfSeveralTheLastIsRemembered: with an id, a printer can come to the name and address of another one that was removed. After a
// reload and after a restart, the configured one is remembered, otherwise the one that was removed last.
func TestOfSeveralTheLastIsRemembered(t *testing.T) {
	for _, steps := range []string{"a@1; a@2#k; a@1#k; a@1", "a@1; a@2#k; a@1#k; b@3; a@1"} {
		for _, restarts := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, healthy)
				all := strings.Split(steps, "; ")
				for i, step := range all {
					if i == len(all)-1 && restarts {
						next := New(Options{RoundTripper: responder(healthy), Key: f.options.Key})
						t.Cleanup(next.Close)
						next.Restore(slices.SortedFunc(f.Records(), func(a, b probe.Record) int { return cmp.Compare(a.Number, b.Number) }))
						f = next
					}
					f.Replace(parseEntries(step))
					time.Sleep(time.Minute)
				}
				if r, _ := f.Record("a"); r.Number != 2 {
					t.Errorf("%s, restarts %t: printer %d is remembered", steps, restarts, r.Number)
				}
			})
		}
	}
}

// TestARemovedPrinterIsRememberedForADay, also across a restart.
func TestARemovedPrinterIsRememberedForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for away, want := range map[time.Duration]uint64{23 * time.Hour: 1, 25 * time.Hour: 0} {
			f := newFleet(t, healthy, "a", "b")
			f.Probe(t.Context(), "a", time.Now())
			f.Replace(targets("b"))
			time.Sleep(away)
			n := 0
			for range f.Records() {
				n++
			}
			if n != int(want)+1 {
				t.Errorf("after %v there are %d records", away, n)
			}
			f.Replace(targets("a", "b"))
			if s := statusOf(t, f, "a"); s.Probes != want || s.Name != "a" {
				t.Errorf("after %v: %d probes", away, s.Probes)
			}
		}
	})
}

// TestARestoredPrinterWithANewEntryIsProbedAtOnce, and one without goes on resting.
func TestARestoredPrinterWithANewEntryIsProbedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, requireNewCredentials, "a", "b")
		for range 3 {
			for _, name := range []string{"a", "b"} {
				if _, _, err := f.ProbeNow(t.Context(), name); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute)
		}
		var stored []probe.Record
		for r := range f.Records() {
			r.Status = new(probe.NewStatus(probe.Target{}).Restored(r.Status.Memory(), time.Now()))
			stored = append(stored, r)
		}
		restarted := New(Options{RoundTripper: responder(requireNewCredentials), Key: f.options.Key})
		t.Cleanup(restarted.Close)
		restarted.Restore(stored)
		restarted.Replace(append(withNewCredentials("a"), targets("b")...))
		for _, name := range []string{"a", "b"} {
			restarted.Probe(t.Context(), name, time.Now())
		}
		if s := statusOf(t, restarted, "a"); !s.Success() || s.Probes != 1 {
			t.Errorf("new credentials are not tried: %d probes, %s", s.Probes, s.Fault.Reason)
		}
		if s := statusOf(t, restarted, "b"); s.Probes != 0 || s.Fault.Reason != "credentials_invalid" || s.StatusInterval() <= time.Minute {
			t.Errorf("%d probes during the backoff of %v, %s", s.Probes, s.StatusInterval(), s.Fault.Reason)
		}
	})
}

func BenchmarkReplace(b *testing.B) {
	var all []probe.Target
	for i := range 10_000 {
		all = append(all, targets(fmt.Sprintf("p%05d", i))...)
	}
	f := New(Options{RoundTripper: responder(healthy)})
	defer f.Close()
	for b.Loop() {
		f.Replace(all)
	}
}
