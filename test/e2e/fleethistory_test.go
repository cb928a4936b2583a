package e2e

import (
	"cmp"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/simulator"
)

// TestEventsOfTheFleet: with storage, the changes and the prints of more days than memory holds are those of the printers.
func TestEventsOfTheFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startPast(t, 4, t.TempDir())
		for day := range 2 {
			for _, name := range p.names[day%2:] {
				for _, f := range []simulator.Fault{simulator.Offline, simulator.None} {
					if err := p.relay.SetFault(name, f); err != nil {
						t.Fatal(err)
					}
					time.Sleep(20 * time.Minute)
				}
			}
			time.Sleep(23 * time.Hour)
		}
		p.checkEvents()
	})
}

// checkEvents compares the events of the fleet with the histories of all printers.
func (p past) checkEvents() {
	p.t.Helper()
	var want api.FleetHistory
	for _, name := range p.names {
		whole := p.pages(name, "")
		for _, c := range whole.Changes {
			want.Changes = append(want.Changes, api.FleetChange{Printer: name, Change: c})
		}
		for _, e := range whole.Prints {
			want.Prints = append(want.Prints, api.FleetPrint{Printer: name, EndedPrint: e})
		}
	}
	sortEvents(&want)
	if len(want.Changes) < 2*len(p.names) || len(want.Prints) == 0 {
		p.t.Fatalf("%d changes and %d prints", len(want.Changes), len(want.Prints))
	}
	for _, limit := range []string{"1", "2", "7", "1000"} {
		if d := gocmp.Diff(want, p.fleetPages("limit="+limit)); d != "" {
			p.t.Errorf("pages of %s: %s", limit, d)
		}
	}
	// A window: from one change to before another.
	since, until := want.Changes[len(want.Changes)*3/4].Since, want.Changes[len(want.Changes)/4].Since
	outside := func(at time.Time) bool { return at.Before(since) || !at.Before(until) }
	want.Changes = slices.DeleteFunc(want.Changes, func(c api.FleetChange) bool { return outside(c.Since) })
	want.Prints = slices.DeleteFunc(want.Prints, func(e api.FleetPrint) bool { return outside(e.End) })
	got := p.fleetPages("limit=3&since="+since.Format(time.RFC3339Nano), until)
	if d := gocmp.Diff(want, got); d != "" {
		p.t.Errorf("window: %s", d)
	}
}

// fleetPages reads all pages of the fleet's changes and prints, before a time if one is given.
func (p past) fleetPages(parameters string, until ...time.Time) (all api.FleetHistory) {
	p.t.Helper()
	for {
		path := "/api/v1/history?" + parameters
		if len(until) > 0 {
			path += "&until=" + url.QueryEscape(until[0].Format(time.RFC3339Nano))
		}
		var h api.FleetHistory
		if status := p.get(path, &h); status != 200 {
			p.t.Fatalf("%s: %d", path, status)
		}
		if len(h.Changes)+len(h.Prints) == 0 {
			p.t.Errorf("%s: an empty page", path)
		}
		all.Changes, all.Prints = append(all.Changes, h.Changes...), append(all.Prints, h.Prints...)
		if h.Next.IsZero() {
			sortEvents(&all)
			return all
		}
		until = []time.Time{h.Next}
	}
}

// sortEvents sorts by time, the newest first, and by printer where the time is the same.
func sortEvents(h *api.FleetHistory) {
	slices.SortFunc(h.Changes, func(a, b api.FleetChange) int {
		return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.Printer, b.Printer))
	})
	slices.SortFunc(h.Prints, func(a, b api.FleetPrint) int {
		return cmp.Or(b.End.Compare(a.End), cmp.Compare(a.Printer, b.Printer))
	})
}
