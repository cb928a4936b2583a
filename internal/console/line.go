package console

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// List writes a line for each printer. The zero value does not know how wide names are.
type List struct {
	Style
	names int // columns
}

// NewList makes a list in which printers of those names stand in columns.
func NewList(s Style, names []string) List {
	l := List{Style: s}
	for _, n := range names {
		l.names = min(max(l.names, utf8.RuneCountInString(n)), 40)
	}
	return l
}

// Line writes what a probe has shown of a printer on one line.
func (l List) Line(w io.Writer, status *probe.Status, now time.Time) error {
	layer, text, colour := "ok", doing(status, now), good
	if f := status.Fault; !f.None() {
		layer, text, colour = f.Layer.String(), reason(f), bad
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s  %s  %s\n", l.marks(status, now), pad(status.Name, l.names),
		l.paint(quiet, fmt.Sprintf("%7s", view.Brief(status.Took))), l.paint(colour, pad(layer, 7)), text)
	return err
}
