package probe

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestNewestEvents: pages of a fleet, one after the other, are all its changes and prints in the window, in order.
func TestNewestEvents(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	ms := func(n int) time.Time { return start.Add(time.Duration(n) * time.Millisecond) }
	for range 300 {
		type printer struct {
			name    string
			periods []Verdict
			prints  []EndedPrint
		}
		var printers []printer
		var want []Event
		since, until := ms(random.IntN(20)), ms(20+random.IntN(60))
		window := func(e Event) {
			if !e.At.Before(since) && e.At.Before(until) {
				want = append(want, e)
			}
		}
		for _, name := range []string{"a", "b", "c"} {
			p := printer{name: name}
			for at := random.IntN(9); at < 80; at += 1 + random.IntN(9) {
				p.periods = append(p.periods, Verdict{Since: ms(at).Add(time.Duration(random.IntN(1e6))), Unknown: random.IntN(4) == 0})
				p.prints = append(p.prints, EndedPrint{Start: ms(at), End: ms(at + 2), Progress: random.Float64()})
			}
			for i, v := range p.periods {
				var end time.Time
				if i+1 < len(p.periods) {
					end = p.periods[i+1].Since.Truncate(time.Millisecond)
				}
				if !v.Unknown {
					window(Event{Printer: name, At: v.Since.Truncate(time.Millisecond), Verdict: &v, Until: end})
				}
			}
			for _, ended := range p.prints {
				window(Event{Printer: name, At: ended.End, Print: &ended})
			}
			printers = append(printers, p)
		}
		var got []Event
		limit := 1 + random.IntN(12)
		for next, pages := until, 0; ; pages++ {
			newest := NewNewestEvents(since, next, limit)
			for _, p := range printers {
				newest.Add(p.name, p.periods, time.Time{}, p.prints)
			}
			events, more := newest.Page()
			got = append(got, events...)
			if !more {
				break
			}
			if n := len(events); n < limit || events[0].At.Before(events[n-1].At) || n > limit && events[n-1].At != events[limit-1].At || pages > 300 {
				t.Fatalf("a page of %d: %+v", limit, events)
			}
			next = events[len(events)-1].At
			if newest.Done(next) != true || newest.Done(next.Add(time.Millisecond)) {
				t.Fatalf("the page is done at %v: %t %t", next, newest.Done(next), newest.Done(next.Add(time.Millisecond)))
			}
		}
		order := func(a, b Event) int {
			switch c := b.At.Compare(a.At); {
			case c != 0:
				return c
			case a.Printer != b.Printer:
				return int(a.Printer[0]) - int(b.Printer[0])
			case a.Print == nil && b.Print != nil:
				return -1
			case a.Print != nil && b.Print == nil:
				return 1
			}
			return 0
		}
		if !slices.IsSortedFunc(got, func(a, b Event) int { return b.At.Compare(a.At) }) {
			t.Fatal("the pages are not in order")
		}
		slices.SortStableFunc(got, order)
		slices.SortStableFunc(want, order)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
}
