package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"octoeverywhere_exporter/internal/console"
)

// terminal gives the width of the terminal that w is, false where it is none, or one that cannot be drawn on.
func terminal(w io.Writer) (columns int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		columns = 80
	}
	return columns, true
}

// styleOf is how text is written to w: in colour on a terminal only, and not where NO_COLOR is set (https://no-color.org).
func styleOf(w io.Writer) console.Style {
	columns, ok := terminal(w)
	return console.Style{Colour: ok && os.Getenv("NO_COLOR") == "", Width: min(columns, 120)}
}

// screen is what a command shows only while it works: lines on a terminal that are drawn anew, and nothing elsewhere.
type screen struct {
	w     io.Writer // nil: no terminal
	style console.Style
	drawn int // lines that stand there now
}

func newScreen(w io.Writer) *screen {
	s := &screen{style: styleOf(w)}
	if _, ok := terminal(w); ok {
		s.w = w
	}
	return s
}

// draw puts lines in place of those that stand there. Each must fit on a line of the terminal.
func (s *screen) draw(lines ...string) {
	if s.w == nil {
		return
	}
	_, _ = io.WriteString(s.w, s.home()+strings.Join(lines, "\x1b[K\n")+"\x1b[J")
	s.drawn = len(lines)
}

// clear takes the lines away, so that others can be written.
func (s *screen) clear() {
	if s.w == nil || s.drawn == 0 {
		return
	}
	_, _ = io.WriteString(s.w, s.home()+"\x1b[J")
	s.drawn = 0
}

// home goes to the beginning of the first line.
func (s *screen) home() string { return "\r" + strings.Repeat("\x1b[A", max(0, s.drawn-1)) }
