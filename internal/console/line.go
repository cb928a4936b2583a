package console

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// List writes one line per printer, in columns.
type List struct {
	Style
	nameWidth int // columns
}

// maxNameWidth bounds the column of the names.
const maxNameWidth = 40

// NewList makes a list for printers with these names.
func NewList(s Style, names []string) List {
	l := List{Style: s}
	for _, n := range names {
		l.nameWidth = min(max(l.nameWidth, utf8.RuneCountInString(n)), maxNameWidth)
	}
	return l
}

// Line writes the result of a probe on one line.
func (l List) Line(w io.Writer, status *probe.Status, now time.Time) error {
	text, color := view.ActivityOf(status, now).String(), good
	switch f := status.Fault; {
	case status.SwitchedOff():
		text, color = "switched off ("+f.CodeLabel()+")", quiet
	case !f.None():
		text, color = view.FaultTitle(f), bad
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s  %s  %s\n", l.signs(status, now), pad(status.Name, l.nameWidth),
		l.paint(quiet, fmt.Sprintf("%7s", view.Brief(status.Took))), l.paint(color, pad(view.StatusWord(status), 7)), text)
	return err
}
