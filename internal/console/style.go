package console

import (
	"strings"
	"unicode/utf8"
)

// Style is how text is formatted. Color never carries information of its own: signs and words have it too.
type Style struct {
	Color bool
	Width int // columns; longer lines are wrapped between words. 0: no wrapping
}

// The colors by meaning: SGR parameters of ECMA-48.
const (
	good   = "32"
	bad    = "31"
	active = "36"
	strong = "1"
	quiet  = "2"
)

// paint colors text.
func (s Style) paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// minFoldWidth is the width, in columns, below which text is not wrapped.
const minFoldWidth = 16

// Fold wraps text between words so that each line fits behind an indentation of that many columns. The first line is not
// indented.
func (s Style) Fold(indent int, text string) string {
	width := s.Width - indent
	if s.Width == 0 || width < minFoldWidth {
		return text
	}
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

// clip truncates text to the width.
func (s Style) clip(text string) string {
	if s.Width == 0 || utf8.RuneCountInString(text) <= s.Width {
		return text
	}
	return string([]rune(text)[:s.Width-1]) + "…"
}

// pad appends spaces up to a number of columns.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-utf8.RuneCountInString(text)))
}
