package web

import (
	"cmp"
	"iter"
	"slices"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// survey is a look at the whole fleet: how many printers have what, and those that a filter chooses.
type survey struct {
	Total, Faulty, Unasked int
	ByLayer                [fault.Printer + 1]int // standing faults
	Chosen                 []*probe.Status        // what is wrong first: see order
	Causes                 []cause                // of the chosen, in the order of the ladder
	Lost                   []*probe.Status        // of the chosen: those whose print may be lost
}

// cause is why some printers do not work.
type cause struct {
	Fault    fault.Fault // of one of them
	Codes    []string    // labels, each once
	Printers int
}

// sameCause is what the faults of a cause have in common. A reason can stand for several numbers.
type sameCause struct {
	layer           fault.Layer
	reason, meaning string
}

func surveyOf(printers iter.Seq[*probe.Status], f filter) survey {
	var v survey
	causes := map[sameCause]*cause{}
	for s := range printers {
		v.count(s)
		if !f.takes(s) {
			continue
		}
		v.Chosen = append(v.Chosen, s)
		if !s.Fault.None() {
			key := sameCause{s.Fault.Layer, s.Fault.Reason, s.Fault.Meaning}
			if causes[key] == nil {
				causes[key] = &cause{Fault: s.Fault}
			}
			causes[key].add(s.Fault)
		}
	}
	slices.SortStableFunc(v.Chosen, order)
	for _, s := range v.Chosen {
		if s.LostDuringPrint() {
			v.Lost = append(v.Lost, s)
		}
	}
	for _, c := range causes {
		slices.Sort(c.Codes)
		v.Causes = append(v.Causes, *c)
	}
	slices.SortFunc(v.Causes, func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.Fault.Layer, b.Fault.Layer), cmp.Compare(b.Printers, a.Printers),
			cmp.Compare(a.Fault.Reason, b.Fault.Reason), cmp.Compare(a.Fault.Meaning, b.Fault.Meaning))
	})
	return v
}

func (v *survey) count(s *probe.Status) {
	v.Total++
	switch {
	case !s.Fault.None():
		v.Faulty++
		v.ByLayer[s.Fault.Layer]++
	case neverAsked(s):
		v.Unasked++
	}
}

// Well is how many printers work.
func (v *survey) Well() int { return v.Total - v.Faulty - v.Unasked }

func (c *cause) add(f fault.Fault) {
	c.Printers++
	if code := f.CodeLabel(); code != "" && !slices.Contains(c.Codes, code) {
		c.Codes = append(c.Codes, code)
	}
}

// order puts faulty printers first, in the order of the ladder and those whose print may be lost before others, then
// printers that were never asked, then those that work. Among equals the name counts.
func order(a, b *probe.Status) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
}

func rank(s *probe.Status) int {
	const aLayer = 2 // lost or not
	switch {
	case neverAsked(s):
		return aLayer * (len(fault.Layers) + 1)
	case s.Fault.None():
		return aLayer * (len(fault.Layers) + 2)
	case s.LostDuringPrint():
		return aLayer * int(s.Fault.Layer)
	}
	return aLayer*int(s.Fault.Layer) + 1
}
