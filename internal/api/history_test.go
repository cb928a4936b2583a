package api

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// after is some minutes after noon.
func after(minutes float64) time.Time {
	return noon.Add(time.Duration(minutes * float64(time.Minute)))
}

// all is the page that has everything.
var all = Page{Until: noon.Add(1000 * time.Hour), Limit: 1000}

func TestHistory(t *testing.T) {
	offline := fault.FromHTTP(601)
	periods := []probe.Verdict{
		{Since: after(0)}, {Fault: offline, Since: after(10)}, {Unknown: true, Since: after(20)}, {Fault: offline, Since: after(50)}, {Since: after(60)},
	}
	prints := []probe.EndedPrint{
		{Start: after(-30), End: after(5), Outcome: probe.PrintComplete, Progress: 1},
		{Start: after(12).Add(123456789), End: after(55), Outcome: probe.PrintUnknown},
	}
	key := FaultKey{"plugin", "601", "plugin_offline"}
	ok60 := Change{Since: after(60)}
	offline50 := Change{Since: after(50), Until: after(60), FaultKey: key}
	offline10 := Change{Since: after(10), Until: after(20), FaultKey: key}
	ok0 := Change{Since: after(0), Until: after(10)}
	unknown := EndedPrint{Start: after(12).Add(123 * time.Millisecond), End: after(55), Outcome: "unknown"}
	complete := EndedPrint{Start: after(-30), End: after(5), Outcome: "complete", Progress: 1}
	for name, c := range map[string]struct {
		page    Page
		changes []Change
		prints  []EndedPrint
		next    time.Time
	}{
		"everything":           {all, []Change{ok60, offline50, offline10, ok0}, []EndedPrint{unknown, complete}, time.Time{}},
		"since":                {Page{Since: after(20), Until: all.Until, Limit: 10}, []Change{ok60, offline50}, []EndedPrint{unknown}, time.Time{}},
		"since within":         {Page{Since: after(15), Until: all.Until, Limit: 10}, []Change{ok60, offline50, offline10}, []EndedPrint{unknown}, time.Time{}},
		"until":                {Page{Until: after(50), Limit: 10}, []Change{offline10, ok0}, []EndedPrint{unknown, complete}, time.Time{}},
		"both":                 {Page{Since: after(10), Until: after(12), Limit: 10}, []Change{offline10}, []EndedPrint{}, time.Time{}},
		"in a gap":             {Page{Since: after(30), Until: after(31), Limit: 10}, []Change{}, []EndedPrint{unknown}, time.Time{}},
		"the present":          {Page{Since: after(5000), Until: all.Until, Limit: 10}, []Change{ok60}, []EndedPrint{}, time.Time{}},
		"before all":           {Page{Until: after(-31), Limit: 10}, []Change{}, []EndedPrint{}, time.Time{}},
		"the first page":       {Page{Until: all.Until, Limit: 3}, []Change{ok60, offline50}, []EndedPrint{unknown}, after(12).Add(123 * time.Millisecond)},
		"the second page":      {Page{Until: after(12).Add(123 * time.Millisecond), Limit: 2}, []Change{offline10, ok0}, []EndedPrint{}, after(0)},
		"the third page":       {Page{Until: after(0), Limit: 2}, []Change{}, []EndedPrint{complete}, time.Time{}},
		"a page that is full":  {Page{Until: after(10), Limit: 2}, []Change{ok0}, []EndedPrint{complete}, time.Time{}},
		"what spans the start": {Page{Since: after(15), Until: after(20), Limit: 1}, []Change{offline10}, []EndedPrint{unknown}, time.Time{}},
	} {
		got := HistoryOf(periods, prints, c.page, after(70))
		if d := cmp.Diff(c.changes, got.Changes); d != "" {
			t.Errorf("%s: changes: %s", name, d)
		}
		if d := cmp.Diff(c.prints, got.Prints); d != "" {
			t.Errorf("%s: prints: %s", name, d)
		}
		if !got.Next.Equal(c.next) {
			t.Errorf("%s: next is %v, not %v", name, got.Next, c.next)
		}
	}
}

// TestPagesAreTheWhole: page after page, nothing is lost and nothing is repeated, whatever begins at the same time.
func TestPagesAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		var periods []probe.Verdict
		for at := 0; len(periods) < random.IntN(30); at += random.IntN(4) {
			periods = append(periods, probe.Verdict{Since: noon.Add(time.Duration(at)*time.Millisecond + time.Duration(random.IntN(1e6))), Unknown: random.IntN(4) == 0})
		}
		var prints []probe.EndedPrint
		for at := 0; len(prints) < random.IntN(30); at += random.IntN(6) {
			start := noon.Add(time.Duration(at) * time.Millisecond)
			at += random.IntN(3)
			prints = append(prints, probe.EndedPrint{Start: start, End: noon.Add(time.Duration(at) * time.Millisecond), Progress: float64(len(prints))})
		}
		page := Page{Until: noon.Add(time.Duration(1+random.IntN(100)) * time.Millisecond), Limit: 1000}
		if random.IntN(2) == 0 {
			page.Since = page.Until.Add(-time.Duration(1+random.IntN(50)) * time.Millisecond)
		}
		if random.IntN(3) == 0 {
			page.Until = all.Until
		}
		whole := HistoryOf(periods, prints, page, noon)
		if !whole.Next.IsZero() {
			t.Fatalf("the page that has everything is followed by %v", whole.Next)
		}
		paged := History{Changes: []Change{}, Prints: []EndedPrint{}}
		page.Limit = 1 + random.IntN(5)
		first := page
		for pages := 1; ; pages++ {
			one := HistoryOf(periods, prints, page, noon)
			paged.Changes, paged.Prints = append(paged.Changes, one.Changes...), append(paged.Prints, one.Prints...)
			if one.Next.IsZero() {
				break
			}
			if n := len(one.Changes) + len(one.Prints); n < page.Limit || !page.Since.Before(one.Next) || pages > 100 {
				t.Fatalf("page %d of %+v has %d entries, and %v is next", pages, page, n, one.Next)
			}
			page.Until = one.Next
		}
		whole.Uptime, whole.UptimeKnown = nil, nil
		if d := cmp.Diff(whole, paged); d != "" {
			t.Fatalf("pages of %d from %+v: %s", first.Limit, first, d)
		}
	}
}

func TestUptimeOfHistory(t *testing.T) {
	now := noon.Add(100 * 24 * time.Hour)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		periods []probe.Verdict
		ratios  map[string]map[string]float64
		known   map[string]float64
	}{
		"nothing is known": {nil, nil, nil},
		"not any more":     {[]probe.Verdict{{Since: ago(40 * day)}, {Unknown: true, Since: ago(35 * day)}}, nil, nil},
		"a part of the windows": {
			[]probe.Verdict{{Fault: fault.FromHTTP(604), Since: ago(12 * time.Hour)}},
			map[string]map[string]float64{
				"24h": {"network": 1, "service": 1, "access": 0}, "7d": {"network": 1, "service": 1, "access": 0}, "30d": {"network": 1, "service": 1, "access": 0},
			},
			map[string]float64{"24h": 43200, "7d": 43200, "30d": 43200},
		},
		"each window has its own": {
			[]probe.Verdict{
				{Fault: fault.FromHTTP(600), Since: ago(60 * day)},
				{Since: ago(15 * day)},
				{Unknown: true, Since: ago(7 * day)},
				{Fault: fault.FromHTTP(600), Since: ago(2 * day)},
				{Unknown: true, Since: ago(day)},
			},
			map[string]map[string]float64{
				"7d":  {"network": 1, "service": 0},
				"30d": {"network": 1, "service": 1. / 3, "access": 1, "plugin": 1, "host": 1, "printer": 1},
			},
			map[string]float64{"7d": 86400, "30d": 24 * 86400},
		},
	} {
		got := HistoryOf(c.periods, nil, all, now)
		if d := cmp.Diff(c.ratios, got.Uptime); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(c.known, got.UptimeKnown); d != "" {
			t.Errorf("%s: known: %s", name, d)
		}
	}
}
