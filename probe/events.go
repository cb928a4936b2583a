package probe

import (
	"slices"
	"time"
)

// Event is a change of a printer's verdict, or the end of one of its prints.
type Event struct {
	Printer string
	At      time.Time   // when the verdict began, or the print ended, in whole milliseconds
	Verdict *Verdict    // nil: a print has ended
	Until   time.Time   // when the next verdict began; zero while this one is in force
	Print   *EndedPrint // nil: a verdict has begun
}

// NewestEvents collects the newest events of a window. Its memory depends on the limit, not on the fleet.
type NewestEvents struct {
	since, until time.Time
	limit        int
	kept         []Event
	oldest       time.Time // of the last cut: events before it are not on the page
	dropped      bool      // there are such events
	nextCut      int
}

// NewNewestEvents collects limit events at or after since and before until, and more only if they happened within the same
// millisecond.
func NewNewestEvents(since, until time.Time, limit int) *NewestEvents {
	return &NewestEvents{since: since, until: until, limit: limit, nextCut: 4 * limit}
}

// Add adds verdicts and prints of a printer, the oldest first. The last verdict was in force until a time; zero: it is now.
func (n *NewestEvents) Add(printer string, periods []Verdict, until time.Time, prints []EndedPrint) {
	for _, v := range slices.Backward(periods) {
		at := v.Since.Truncate(time.Millisecond)
		if !v.Unknown {
			n.add(Event{Printer: printer, At: at, Verdict: &v, Until: until})
		}
		until = at
	}
	for _, p := range prints {
		n.add(Event{Printer: printer, At: p.End.Truncate(time.Millisecond), Print: &p})
	}
}

func (n *NewestEvents) add(e Event) {
	switch {
	case e.At.Before(n.since) || !e.At.Before(n.until):
	case e.At.Before(n.oldest):
		n.dropped = true
	default:
		n.kept = append(n.kept, e)
		if len(n.kept) >= n.nextCut {
			n.cut()
			n.nextCut = len(n.kept) + 4*n.limit
		}
	}
}

// cut sorts the events and drops those that are not on the page.
func (n *NewestEvents) cut() {
	slices.SortStableFunc(n.kept, func(a, b Event) int { return b.At.Compare(a.At) })
	if len(n.kept) < n.limit {
		return
	}
	n.oldest = n.kept[n.limit-1].At
	end := n.limit
	for end < len(n.kept) && n.kept[end].At.Equal(n.oldest) {
		end++
	}
	n.dropped = n.dropped || end < len(n.kept)
	n.kept = n.kept[:end]
}

// Done reports whether events before a time do not change the page.
func (n *NewestEvents) Done(before time.Time) bool {
	n.cut()
	return n.dropped && !n.oldest.Before(before)
}

// Page returns the events, the newest first, and whether there are older ones.
func (n *NewestEvents) Page() (events []Event, more bool) {
	n.cut()
	return n.kept, n.dropped
}
