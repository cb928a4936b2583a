package console

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// Printer writes the result of a probe: the layers, the status with what to do, the printer's data and the requests.
func (s Style) Printer(w io.Writer, status *probe.Status, results []probe.Result, now time.Time) error {
	var b strings.Builder
	b.WriteString(s.title(status))
	b.WriteString("\n")
	for _, l := range fault.Layers {
		b.WriteString(s.layerLine(view.MarkOf(status, l, now), l, l.Question()))
	}
	b.WriteString("\n")
	b.WriteString(s.statusLines(status, now))
	b.WriteString("\n")
	for _, t := range view.TracesOf(results) {
		b.WriteString(s.requestLine(t))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// title is the printer's name with its labels.
func (s Style) title(status *probe.Status) string {
	var labels strings.Builder
	for _, name := range slices.Sorted(maps.Keys(status.Labels)) {
		if value := status.Labels[name]; value != "" {
			labels.WriteString("  " + name + "=" + printable(value))
		}
	}
	return s.paint(strong, status.Name) + s.paint(quiet, labels.String()) + "\n"
}

// printable removes control characters, which could be escape sequences of the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}

func (s Style) layerLine(m view.Mark, l fault.Layer, text string) string {
	color := quiet
	if m == view.Down {
		color = bad
	}
	return fmt.Sprintf("  %s %s  %s  %s\n", s.sign(m), pad(l.String(), 7), s.paint(color, pad(string(m), 7)), s.Fold(layerIndent, text))
}

// statusLines are the fault, or that there is none, and what the printer does.
func (s Style) statusLines(status *probe.Status, now time.Time) string {
	var b strings.Builder
	switch f := status.Fault; {
	case f.None():
		b.WriteString("  " + s.paint(good, view.Headline(status)) + "\n")
	case status.SwitchedOff():
		b.WriteString("  " + s.paint(quiet, view.Off+" ("+f.CodeLabel()+")") + "\n  " + s.Fold(2, view.Headline(status)) + "\n")
	default:
		b.WriteString("  " + s.paint(bad, view.FaultTitle(f)) + "\n")
		b.WriteString(s.faultLines(2, f))
	}
	if activity := view.ActivityOf(status, now).String(); activity != "" {
		b.WriteString(s.labeled(2, "printer", strings.Join(append([]string{activity}, printerData(status, now)...), " · ")))
	}
	if text := view.Explanation(status, now); text != "" {
		b.WriteString(s.labeled(2, "message", printable(text)))
	}
	if f, known := status.Info(); known && !f.None() {
		b.WriteString(s.labeled(2, "info", view.Info(status)))
	}
	return b.String()
}

// faultLines are meaning, remedy and owner of a fault.
func (s Style) faultLines(indent int, f fault.Fault) string {
	return strings.Repeat(" ", indent) + s.Fold(indent, f.Meaning) + "\n" +
		s.labeled(indent, "remedy", f.Remedy) + s.labeled(indent, "owner", f.Layer.Owner())
}

// printerData are the numbers that fit on one line, and the platform.
func printerData(s *probe.Status, now time.Time) []string {
	var texts []string
	for _, d := range view.Data(s, now) {
		if d.InSummary {
			texts = append(texts, d.Label+" "+d.Value)
		}
	}
	for _, e := range view.GadgetEvents(s, now) {
		texts = append(texts, e.Label+" "+view.Length(max(0, now.Sub(e.Time)))+" ago")
	}
	if v := s.Reading.PlatformVersion(); v != "" {
		texts = append(texts, v)
	}
	return texts
}

// labeled is a text behind a label, indented by a number of columns.
func (s Style) labeled(indent int, label, text string) string {
	return strings.Repeat(" ", indent) + s.paint(quiet, pad(label, 7)) + "  " + s.Fold(indent+9, text) + "\n"
}

// minShownPhase is the shortest phase that is shown.
const minShownPhase = 50 * time.Microsecond

func (s Style) requestLine(t view.RequestTrace) string {
	var phases []string
	for _, p := range t.Phases {
		if p.Duration >= minShownPhase {
			phases = append(phases, p.Phase.String()+" "+p.Brief())
		}
	}
	text := t.Result
	if len(phases) > 0 {
		text += ": " + strings.Join(phases, ", ")
	}
	return s.labeled(2, t.Request.String(), strings.Join(append([]string{text}, t.Notes...), "; "))
}
