package console

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// cause is a fault, and who has it.
type cause struct {
	fault    fault.Fault
	printers []string
}

// causes groups what is wrong, nearest layer first: what fails nearer explains more printers.
func causes(statuses []*probe.Status) []cause {
	type key struct {
		layer        fault.Layer
		reason, code string
	}
	found := map[key]*cause{}
	for _, s := range statuses {
		f := s.Fault
		if f.None() {
			continue
		}
		k := key{f.Layer, f.Reason, f.CodeLabel()}
		if found[k] == nil {
			found[k] = &cause{fault: f}
		}
		found[k].printers = append(found[k].printers, s.Name)
	}
	all := make([]cause, 0, len(found))
	for _, c := range found {
		slices.Sort(c.printers)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.fault.Layer, b.fault.Layer), cmp.Compare(len(b.printers), len(a.printers)),
			cmp.Compare(a.fault.Reason, b.fault.Reason), cmp.Compare(a.fault.Code, b.fault.Code))
	})
	return all
}

// Summary writes what is wrong with a fleet, grouped by cause, and then how many printers work. missing is how many were
// not probed, because the probing was broken off.
func (s Style) Summary(w io.Writer, statuses []*probe.Status, missing int) error {
	var b strings.Builder
	var byLayer [fault.Printer + 1]int
	for _, c := range causes(statuses) {
		byLayer[c.fault.Layer] += len(c.printers)
		b.WriteString("\n" + s.paint(bad, fmt.Sprintf("%4d  %s  %s", len(c.printers), pad(c.fault.Layer.String(), 7), reason(c.fault))) + "\n")
		b.WriteString("      " + s.paint(strong, s.fold(6, some(c.printers))) + "\n")
		b.WriteString("      " + s.fold(6, c.fault.Meaning) + "\n")
		b.WriteString(s.line(6, "do", c.fault.Remedy))
		b.WriteString(s.line(6, "job of", c.fault.Layer.Owner()))
	}
	b.WriteString("\n" + s.tally(len(statuses), byLayer, missing) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// mentioned is how many printers of a cause are named.
const mentioned = 12

// some names the first of many.
func some(names []string) string {
	if len(names) <= mentioned {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mentioned], ", "), len(names)-mentioned)
}

// tally is the last line: how many printers work, and how many fail at which layer.
func (s Style) tally(probed int, byLayer [fault.Printer + 1]int, missing int) string {
	faulty := 0
	var layers []string
	for _, l := range fault.Layers {
		if n := byLayer[l]; n > 0 {
			faulty += n
			layers = append(layers, fmt.Sprintf("%s %d", l, n))
		}
	}
	text := view.Count(probed, "printer", "printers") + ": "
	if faulty == 0 && probed > 0 {
		text += s.paint(good, "all well")
	} else {
		text += s.paint(good, fmt.Sprintf("%d well", probed-faulty)) + ", " + s.paint(bad, fmt.Sprintf("%d not", faulty))
	}
	if faulty > 0 {
		text += " (" + strings.Join(layers, ", ") + ")"
	}
	if missing > 0 {
		text += fmt.Sprintf("; %s not probed: interrupted", view.Count(missing, "more was", "more were"))
	}
	return text
}

// Progress is a line for a long run.
func (s Style) Progress(probed, faulty, all int, slowest string) string {
	text := fmt.Sprintf("probed %d of %d", probed, all)
	if faulty > 0 {
		text += fmt.Sprintf(", %d with a fault", faulty)
	}
	if slowest != "" {
		text += ", waiting for " + slowest
	}
	return s.paint(quiet, s.clip(text))
}
