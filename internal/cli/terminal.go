package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"octoeverywhere_exporter/internal/console"
)

// terminal returns the width of the terminal w; false if it is none, or has no cursor control.
func terminal(w io.Writer) (columns int, ok bool) {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
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

// styleOf returns the style for w: colored on a terminal, unless NO_COLOR is set (https://no-color.org).
func styleOf(w io.Writer) console.Style {
	columns, ok := terminal(w)
	return console.Style{Color: ok && os.Getenv("NO_COLOR") == "", Width: min(columns, 120)}
}

// screen shows the progress of a command: lines on a terminal that are redrawn, and nothing elsewhere.
type screen struct {
	w     io.Writer // nil: not a terminal
	style console.Style
	drawn int // number of lines on the terminal
}

func newScreen(w io.Writer) *screen {
	s := &screen{style: styleOf(w)}
	if _, ok := terminal(w); ok {
		s.w = w
	}
	return s
}

// draw replaces the lines. Each must fit the width of the terminal.
func (s *screen) draw(lines ...string) {
	if s.w == nil {
		return
	}
	_, _ = io.WriteString(s.w, s.cursorHome()+strings.Join(lines, "\x1b[K\n")+"\x1b[J")
	s.drawn = len(lines)
}

// clear removes the lines.
func (s *screen) clear() {
	if s.w == nil || s.drawn == 0 {
		return
	}
	_, _ = io.WriteString(s.w, s.cursorHome()+"\x1b[J")
	s.drawn = 0
}

// cursorHome moves the cursor to the beginning of the first line.
func (s *screen) cursorHome() string { return "\r" + strings.Repeat("\x1b[A", max(0, s.drawn-1)) }
