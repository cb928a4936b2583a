package view

import (
	"fmt"
	"time"
)

// Segment is a part of a strip: a time in which the same layer failed, or none.
type Segment struct {
	Kind     Kind
	X, Width string // in percent of the strip
	Text     string // status and times, for people
}

// slotCounts are into how many slots a strip is divided, the finest first. Each divides the first one.
var slotCounts = [...]int{288, 96, 48, 24, 12, 6, 3, 1}

// StripOf draws the stretches of a window as at most limit segments, which is at least 1. A fault is visible however short it
// was: the strip is divided into slots, and a slot in which a fault was active shows the longest one.
func StripOf(stretches []Stretch, since, until time.Time, limit int, format TimeFormat) []Segment {
	if len(stretches) == 0 {
		return nil
	}
	var runs []run
	for _, n := range slotCounts {
		if runs = runsOf(stretches, since, until, n); len(runs) <= limit {
			break
		}
	}
	segments := make([]Segment, len(runs))
	for i, r := range runs {
		segments[i] = Segment{Kind: r.kind, X: width(r.begin), Width: width(r.end - r.begin), Text: r.text(format)}
	}
	return segments
}

// TimeFormat is how times are written.
type TimeFormat string

// The formats, all in UTC.
const (
	TimeOfDay  TimeFormat = "15:04"
	DayAndTime TimeFormat = "Jan 2 15:04"
)

func (f TimeFormat) of(t time.Time) string { return t.UTC().Format(string(f)) }

// run is a number of neighboring slots of the same kind.
type run struct {
	kind        Kind
	begin, end  float64 // ratio
	first, last Stretch
	mixed       bool // faults have several titles
}

func (r run) text(format TimeFormat) string {
	what := r.first.Text()
	if r.mixed {
		what = r.kind.String() + " faults"
	}
	since, until := format.of(r.first.Since), format.of(r.last.Until)
	if since == until && r.last.Until.Sub(r.first.Since) > time.Hour { // a whole day
		since, until = DayAndTime.of(r.first.Since), DayAndTime.of(r.last.Until)
	}
	return fmt.Sprintf("%s, %s–%s", what, since, until)
}

// runsOf divides the window into n slots. What was not known of a slot at all is in no run.
func runsOf(stretches []Stretch, since, until time.Time, n int) []run {
	var runs []run
	slot := until.Sub(since) / time.Duration(n)
	at := 0
	for i := range n {
		begin := since.Add(time.Duration(i) * slot)
		end := begin.Add(slot)
		for at < len(stretches) && !stretches[at].Until.After(begin) {
			at++
		}
		shown, found := dominant(stretches[at:], begin, end)
		if !found {
			continue
		}
		from, to := float64(i)/float64(n), float64(i+1)/float64(n)
		if last := len(runs) - 1; last >= 0 && runs[last].kind == shown.Kind && runs[last].end == from {
			r := &runs[last]
			r.end, r.mixed, r.last = to, r.mixed || shown.Text() != r.first.Text(), shown
			continue
		}
		runs = append(runs, run{kind: shown.Kind, begin: from, end: to, first: shown, last: shown})
	}
	return runs
}

// dominant is the stretch that a slot shows: that of the longest fault, or else the longest one.
func dominant(stretches []Stretch, begin, end time.Time) (shown Stretch, found bool) {
	var most time.Duration
	for _, x := range stretches {
		if !x.Since.Before(end) {
			break
		}
		length := min(x.Until.UnixMilli(), end.UnixMilli()) - max(x.Since.UnixMilli(), begin.UnixMilli())
		part := time.Duration(length) * time.Millisecond
		better := x.Kind.IsFault() && !shown.Kind.IsFault() || x.Kind.IsFault() == shown.Kind.IsFault() && part > most
		if !found || better {
			shown, most, found = x, part, true
		}
	}
	return shown, found
}

// width is a ratio in percent, as short as it can be.
func width(ratio float64) string { return fmt.Sprintf("%.4g%%", ratio*100) }
