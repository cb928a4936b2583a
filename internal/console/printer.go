package console

import (
	"cmp"
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

// Printer writes all that a probe has shown of one printer: the ladder, the verdict and what to do, what the printer does,
// and what was asked. A result holds nothing secret, and neither does this.
func (s Style) Printer(w io.Writer, status *probe.Status, steps []probe.Result, now time.Time) error {
	var b strings.Builder
	b.WriteString(s.title(status))
	b.WriteString("\n")
	for _, l := range fault.Layers {
		b.WriteString(s.rung(view.MarkOf(status, l, now), l, l.Question()))
	}
	b.WriteString("\n")
	b.WriteString(s.verdict(status, now))
	b.WriteString("\n")
	for _, r := range steps {
		b.WriteString(s.step(r))
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

// printable leaves out what could steer a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}

// rung is a line of the ladder.
func (s Style) rung(m view.Mark, l fault.Layer, text string) string {
	colour := quiet
	if m == view.Down {
		colour = bad
	}
	return fmt.Sprintf("  %s %s  %s  %s\n", s.sign(m), pad(l.String(), 7), s.paint(colour, pad(string(m), 7)), s.fold(rungWidth, text))
}

// verdict says what is the matter, or that nothing is, and what the printer does.
func (s Style) verdict(status *probe.Status, now time.Time) string {
	var b strings.Builder
	if f := status.Fault; f.None() {
		b.WriteString("  " + s.paint(good, "All is well.") + "\n")
	} else {
		b.WriteString("  " + s.paint(bad, reason(f)) + "\n")
		b.WriteString("  " + s.fold(2, f.Meaning) + "\n")
		b.WriteString(s.line(2, "do", f.Remedy))
		b.WriteString(s.line(2, "job of", f.Layer.Owner()))
	}
	if text := doing(status, now); text != "" {
		b.WriteString(s.line(2, "printer", strings.Join(append([]string{text}, details(status, now)...), " · ")))
	}
	return b.String()
}

// reason is what a fault is called, with its number where it has one.
func reason(f fault.Fault) string {
	if code := f.CodeLabel(); code != "" {
		return view.Spaced(f.Reason) + " (" + code + ")"
	}
	return view.Spaced(f.Reason)
}

// line is a text behind what it is about, indented by a number of columns.
func (s Style) line(indent int, about, text string) string {
	return strings.Repeat(" ", indent) + s.paint(quiet, pad(about, 7)) + "  " + s.fold(indent+9, text) + "\n"
}

// visible is the shortest phase that is shown.
const visible = 50 * time.Microsecond

// step tells how a question went.
func (s Style) step(r probe.Result) string {
	text := view.Brief(r.Took)
	if status := r.Attempt.HTTPStatus; status != 0 {
		text = fmt.Sprintf("HTTP %d in %s", status, text)
	}
	var phases []string
	for stage := probe.Resolving; stage < probe.ResponseRead; stage++ {
		if d := r.Attempt.Durations[stage]; d >= visible {
			phases = append(phases, stage.String()+" "+view.Brief(d))
		}
	}
	if len(phases) > 0 {
		text += ": " + strings.Join(phases, ", ")
	}
	if r.Attempt.Reused {
		text += ", on a connection that was kept"
	}
	if r.Attempt.ErrorKind != "" {
		text += fmt.Sprintf("; ended in %s: %s", r.Attempt.Phase, r.Attempt.ErrorKind)
	}
	if r.RetryAfter > 0 {
		text += "; ask again in " + view.Brief(r.RetryAfter)
	}
	return s.line(2, r.Request.String(), cmp.Or(text, "not answered"))
}
