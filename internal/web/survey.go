package web

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// survey is a look at the fleet: how many printers of the part that is looked at have what, and those that a filter chooses.
type survey struct {
	Configured             int // in the whole fleet
	Total, Faulty, Unasked int // in the part that is looked at, as all that follows
	Off                    int // of the faulty: switched off while idle
	ByLayer                [fault.Printer + 1]int
	Reasons                []counted       // that stand, in the order of the ladder
	Chosen                 []*probe.Status // in the filter's order
	Causes                 []cause         // of the chosen, in the order of the ladder
	Lost                   []*probe.Status // of the chosen: those whose print may be lost
	Offers                 []offer         // of the whole fleet: labels to filter by
}

// counted is the reason of some printers' faults.
type counted struct {
	Layer    fault.Layer
	Reason   string
	Printers int
}

// cause is why some printers do not work.
type cause struct {
	Fault         fault.Fault // of one of them
	Codes         []string    // labels, each once
	Printers, Off int         // Off of them are switched off while idle
}

// sameCause is what the faults of a cause have in common. A reason can stand for several numbers.
type sameCause struct {
	layer           fault.Layer
	reason, meaning string
}

// surveyOf looks at a fleet. next is when a printer is asked next.
func surveyOf(printers iter.Seq[*probe.Status], f filter, now time.Time, next func(*probe.Status) time.Time) survey {
	var v survey
	causes := map[sameCause]*cause{}
	offers := newOffers()
	for s := range printers {
		v.Configured++
		offers.see(s.Labels)
		if !f.looksAt(s) {
			continue
		}
		v.count(s)
		if !f.takesFault(s) {
			continue
		}
		v.Chosen = append(v.Chosen, s)
		if !s.Fault.None() {
			key := sameCause{s.Fault.Layer, s.Fault.Reason, s.Fault.Meaning}
			if causes[key] == nil {
				causes[key] = &cause{Fault: s.Fault}
			}
			causes[key].add(s)
		}
	}
	f.Sort.sort(v.Chosen, now, next)
	for _, s := range v.Chosen {
		if s.LostDuringPrint() {
			v.Lost = append(v.Lost, s)
		}
	}
	v.Causes = inOrder(causes)
	v.Offers = offers.list(f.Labels)
	slices.SortFunc(v.Reasons, func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Reason, b.Reason))
	})
	return v
}

func (v *survey) count(s *probe.Status) {
	v.Total++
	switch {
	case !s.Fault.None():
		v.Faulty++
		v.ByLayer[s.Fault.Layer]++
		v.countReason(s.Fault)
		if s.SwitchedOff() {
			v.Off++
		}
	case neverAsked(s):
		v.Unasked++
	}
}

func (v *survey) countReason(f fault.Fault) {
	i := slices.IndexFunc(v.Reasons, func(c counted) bool { return c.Reason == f.Reason && c.Layer == f.Layer })
	if i < 0 {
		i = len(v.Reasons)
		v.Reasons = append(v.Reasons, counted{Layer: f.Layer, Reason: f.Reason})
	}
	v.Reasons[i].Printers++
}

// Well is how many printers work.
func (v *survey) Well() int { return v.Total - v.Faulty - v.Unasked }

func (c *cause) add(s *probe.Status) {
	c.Printers++
	if s.SwitchedOff() {
		c.Off++
	}
	if code := s.Fault.CodeLabel(); code != "" && !slices.Contains(c.Codes, code) {
		c.Codes = append(c.Codes, code)
	}
}

// inOrder lists causes in the order of the ladder, the most frequent of a layer first.
func inOrder(causes map[sameCause]*cause) []cause {
	list := make([]cause, 0, len(causes))
	for _, c := range causes {
		slices.Sort(c.Codes)
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.Fault.Layer, b.Fault.Layer), cmp.Compare(b.Printers, a.Printers),
			cmp.Compare(a.Fault.Reason, b.Fault.Reason), cmp.Compare(a.Fault.Meaning, b.Fault.Meaning))
	})
	return list
}
