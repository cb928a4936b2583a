package config

import (
	"fmt"
	"strings"
)

// Mistake is one thing that is wrong in a file. No text of it holds an address or a credential.
type Mistake struct {
	File    string // as it was given or named
	Line    int    // from 1; 0 where the file as a whole is meant
	Column  int    // from 1, in characters
	Path    string // of the key, as printers[3].timeout; "" for the whole file
	Message string // what is wrong, and what to do
	Source  string // the line, what may not be shown replaced by <secret>; shortened around the place if it is long
	Caret   int    // the column of the place in Source, from 1; 0 where it is not known
}

// String is the mistake on a line of its own, with the source line and a mark below.
func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Column)
	}
	if m.Path != "" {
		b.WriteString(": " + m.Path)
	}
	b.WriteString(": " + m.Message)
	if m.Source != "" {
		b.WriteString("\n    " + m.Source)
		if m.Caret > 0 {
			b.WriteString("\n    " + strings.Repeat(" ", m.Caret-1) + "^")
		}
	}
	return b.String()
}

// Errors are all mistakes of a configuration, in the order of the files and of the places in them. There is at least one.
type Errors struct{ mistakes []Mistake }

// Mistakes lists them.
func (e *Errors) Mistakes() []Mistake { return e.mistakes }

// Error shows all of them, each with its source line.
func (e *Errors) Error() string {
	texts := make([]string, len(e.mistakes))
	for i, m := range e.mistakes {
		texts[i] = m.String()
	}
	return strings.Join(texts, "\n")
}
