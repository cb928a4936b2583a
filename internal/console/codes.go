package console

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"octoeverywhere_exporter/fault"
)

// codeIndent is the indentation of the texts in a list of codes, in columns.
const codeIndent = 4

// Codes writes rows of the table of faults, by layer: the number, the reason, who reports it and the backoff on one line, then
// meaning and remedy.
func (s Style) Codes(w io.Writer, rows []fault.Row) error {
	var b strings.Builder
	for i, l := range fault.Layers {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n%s\nOwner: %s.\n", s.paint(strong, l.String()), s.Fold(0, l.Question()), l.Owner())
		for _, r := range rows {
			if r.Layer == l {
				b.WriteString(s.code(r))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Style) code(r fault.Row) string {
	margin := strings.Repeat(" ", codeIndent)
	return fmt.Sprintf("\n  %s  %s  %s\n%s%s\n%s%s\n", pad(cmp.Or(r.Numbers(), "-"), 9), s.paint(strong, pad(r.Reason, 23)),
		s.paint(quiet, fmt.Sprintf("from %s, backoff %s", r.From, r.BackoffText())), margin, s.Fold(codeIndent, r.Meaning),
		margin, s.Fold(codeIndent, "Remedy: "+r.Remedy))
}

// Code writes all that is known of a row of the table of faults.
func (s Style) Code(w io.Writer, r fault.Row) error {
	text := s.paint(strong, r.Reason) + "\n" +
		s.labeled(2, "code", cmp.Or(r.Numbers(), "none")) +
		s.labeled(2, "from", r.From.String()) +
		s.labeled(2, "layer", r.Layer.String()+": "+r.Layer.Question()) +
		s.labeled(2, "meaning", r.Meaning) +
		s.labeled(2, "remedy", r.Remedy) +
		s.labeled(2, "owner", r.Layer.Owner()) +
		s.labeled(2, "backoff", r.BackoffText()) +
		s.labeled(2, "alert", r.Alert()+", see docs/runbooks/"+r.Alert()+".md") +
		s.labeled(2, "docs", "docs/codes.md#"+r.Reason)
	_, err := io.WriteString(w, text)
	return err
}
