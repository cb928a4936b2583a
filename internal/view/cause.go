package view

import (
	"cmp"
	"slices"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// Cause groups the printers that fail for the same reason.
type Cause struct {
	Fault    fault.Fault // of one of the printers
	Codes    []string    // code labels, sorted, each once
	Printers []string    // names, in the order in which they were given
}

// causeKey is what the faults of a cause have in common. One reason can have several codes.
type causeKey struct {
	layer           fault.Layer
	reason, meaning string
}

// CausesOf groups the faulty ones of printers by cause: nearest layer first, the most frequent cause of a layer first.
func CausesOf(printers []*probe.Status) []Cause {
	byKey := map[causeKey]*Cause{}
	for _, s := range printers {
		f := s.Fault
		if !IsFaulty(s) {
			continue
		}
		key := causeKey{f.Layer, f.Reason, f.Meaning}
		if byKey[key] == nil {
			byKey[key] = &Cause{Fault: f}
		}
		byKey[key].add(s)
	}
	causes := make([]Cause, 0, len(byKey))
	for _, c := range byKey {
		slices.Sort(c.Codes)
		causes = append(causes, *c)
	}
	slices.SortFunc(causes, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(a.Fault.Layer, b.Fault.Layer), cmp.Compare(len(b.Printers), len(a.Printers)),
			cmp.Compare(a.Fault.Reason, b.Fault.Reason), cmp.Compare(a.Fault.Meaning, b.Fault.Meaning))
	})
	return causes
}

func (c *Cause) add(s *probe.Status) {
	c.Printers = append(c.Printers, s.Name)
	if code := s.Fault.CodeLabel(); code != "" && !slices.Contains(c.Codes, code) {
		c.Codes = append(c.Codes, code)
	}
}

// maxCodes is how many codes of a cause are listed.
const maxCodes = 10

// CodeList is the codes as one text; "" where there are none.
func (c Cause) CodeList() string {
	list := strings.Join(c.Codes[:min(len(c.Codes), maxCodes)], ", ")
	if len(c.Codes) > maxCodes {
		list += ", …"
	}
	return list
}

// Title is the name of the cause with its codes.
func (c Cause) Title() string { return titleWithCodes(c.Fault, c.CodeList()) }
