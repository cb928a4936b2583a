package console

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// Summary writes the causes of faults, and how many printers are OK. notProbed is how many printers were left out because
// of an interrupt.
func (s Style) Summary(w io.Writer, statuses []*probe.Status, notProbed int) error {
	var b strings.Builder
	var byLayer [fault.Printer + 1]int
	for _, c := range view.CausesOf(statuses) {
		byLayer[c.Fault.Layer] += len(c.Printers)
		b.WriteString("\n" + s.paint(bad, fmt.Sprintf("%4d  %s  %s", len(c.Printers), pad(c.Fault.Layer.String(), 7), c.Title())) + "\n")
		b.WriteString("      " + s.paint(strong, s.Fold(6, nameList(c.Printers))) + "\n")
		if note := view.BlockedNote(c.Fault, len(c.Printers), len(statuses)); note != "" {
			b.WriteString("      " + s.Fold(6, note) + "\n")
		}
		b.WriteString(s.faultLines(6, c.Fault))
	}
	off := 0
	for _, status := range statuses {
		if status.SwitchedOff() {
			off++
		}
	}
	b.WriteString("\n" + s.totals(len(statuses), off, byLayer, notProbed) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// maxNames is how many printers of a cause are named.
const maxNames = 12

// nameList is the first of the names, sorted.
func nameList(names []string) string {
	slices.Sort(names)
	if len(names) <= maxNames {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNames], ", "), len(names)-maxNames)
}

// totals is the last line: how many printers are OK, how many are switched off, and how many fail at which layer.
func (s Style) totals(probed, off int, byLayer [fault.Printer + 1]int, notProbed int) string {
	faulty := 0
	var layers []string
	for _, l := range fault.Layers {
		if n := byLayer[l]; n > 0 {
			faulty += n
			layers = append(layers, fmt.Sprintf("%s %d", l, n))
		}
	}
	text := view.Count(probed, "printer", "printers") + ": "
	if faulty+off == 0 && probed > 0 {
		text += s.paint(good, "all "+view.OK)
	} else {
		text += s.paint(good, fmt.Sprintf("%d %s", probed-faulty-off, view.OK))
		if off > 0 {
			text += ", " + s.paint(quiet, fmt.Sprintf("%d switched off", off))
		}
		text += ", " + s.paint(bad, fmt.Sprintf("%d with a fault", faulty))
	}
	if faulty > 0 {
		text += " (" + strings.Join(layers, ", ") + ")"
	}
	if notProbed > 0 {
		text += fmt.Sprintf("; %d not probed (interrupted)", notProbed)
	}
	return text
}
