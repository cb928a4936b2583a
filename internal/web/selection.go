package web

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// selection is what a filter selects. Labels and search words narrow the scope, which the counts are about; a layer or a
// reason then selects from it.
type selection struct {
	Configured   int // printers of the whole fleet
	Total        int // printers in scope
	Faulty       int // in scope
	SwitchedOff  int // in scope; not among the faulty
	Disabled     int // in scope
	Unprobed     int // in scope
	ByLayer      [fault.Printer + 1]int
	Reasons      []reasonCount   // in scope, sorted by layer
	Selected     []*probe.Status // in the filter's order
	Causes       []view.Cause    // of the selected
	Lost         []*probe.Status // of the selected: those whose print may be lost
	LabelOptions []labelOption   // of the whole fleet
}

// reasonCount is how many printers fail for a reason.
type reasonCount struct {
	Layer    fault.Layer
	Reason   string
	Printers int
}

// selectPrinters applies a filter to a fleet. nextProbe is when a printer is probed next.
func selectPrinters(printers iter.Seq[*probe.Status], f filter, now time.Time, nextProbe func(*probe.Status) time.Time) selection {
	var sel selection
	labels := labelValues{}
	for s := range printers {
		sel.Configured++
		labels.add(s.Labels)
		if !f.inScope(s) {
			continue
		}
		sel.count(s)
		if f.matchesFault(s) {
			sel.Selected = append(sel.Selected, s)
		}
	}
	f.Sort.sort(sel.Selected, now, nextProbe)
	for _, s := range sel.Selected {
		if s.LostDuringPrint() {
			sel.Lost = append(sel.Lost, s)
		}
	}
	sel.Causes = view.CausesOf(sel.Selected)
	sel.LabelOptions = labels.options(f.Labels)
	slices.SortFunc(sel.Reasons, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Reason, b.Reason))
	})
	return sel
}

func (sel *selection) count(s *probe.Status) {
	sel.Total++
	switch {
	case s.Disabled:
		sel.Disabled++
	case s.SwitchedOff():
		sel.SwitchedOff++
		sel.countReason(s.Fault)
	case !s.Fault.None():
		sel.Faulty++
		sel.ByLayer[s.Fault.Layer]++
		sel.countReason(s.Fault)
	case view.Unprobed(s):
		sel.Unprobed++
	}
}

func (sel *selection) countReason(f fault.Fault) {
	i := slices.IndexFunc(sel.Reasons, func(c reasonCount) bool { return c.Reason == f.Reason && c.Layer == f.Layer })
	if i < 0 {
		i = len(sel.Reasons)
		sel.Reasons = append(sel.Reasons, reasonCount{Layer: f.Layer, Reason: f.Reason})
	}
	sel.Reasons[i].Printers++
}

// OK is how many printers in scope were probed and have no fault.
func (sel *selection) OK() int {
	return sel.Total - sel.Faulty - sel.SwitchedOff - sel.Disabled - sel.Unprobed
}
