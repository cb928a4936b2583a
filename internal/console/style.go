package console

import (
	"strings"
	"unicode/utf8"
)

// Style is how text is written: with colours or without, and how wide. All that colours say, signs and words say too.
type Style struct {
	Colour bool
	Width  int // columns; lines that are longer are broken between words. 0: never
}

// The colours, by what they mean: SGR parameters of ECMA-48.
const (
	good   = "32"
	bad    = "31"
	active = "36"
	strong = "1"
	quiet  = "2"
)

// paint gives text a colour.
func (s Style) paint(colour, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// narrowest is the room, in columns, in which text is still broken: in less, no word would have company.
const narrowest = 16

// fold breaks text between words so that each line fits behind an indentation of that many columns. The first line comes
// without it.
func (s Style) fold(indent int, text string) string {
	room := s.Width - indent
	if s.Width == 0 || room < narrowest {
		return text
	}
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > room:
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

// clip cuts text so that it fits on a line.
func (s Style) clip(text string) string {
	if s.Width == 0 || utf8.RuneCountInString(text) <= s.Width {
		return text
	}
	return string([]rune(text)[:s.Width-1]) + "…"
}

// pad fills text up to a number of columns.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-utf8.RuneCountInString(text)))
}
