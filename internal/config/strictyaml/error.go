package strictyaml

import (
	"fmt"
	"strings"
)

// Error is an error in a file. It contains no secret.
type Error struct {
	File    string // as the user or another file names it
	Line    int    // from 1; 0 for the file as a whole
	Column  int    // from 1, in characters
	Path    string // of the key, as printers[3].timeout; "" for the whole file
	Message string // what is wrong and what to change
	Source  string // the source line with secrets redacted, shortened around the column if it is long
	Caret   int    // the column of the error in Source, from 1; 0 if unknown
}

// Error returns the position, the path and the message, then the source line and a caret on lines of their own.
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	b.WriteString(": " + e.Message)
	if e.Source != "" {
		b.WriteString("\n    " + e.Source)
		if e.Caret > 0 {
			b.WriteString("\n    " + strings.Repeat(" ", e.Caret-1) + "^")
		}
	}
	return b.String()
}

// Errors are errors of one or more files, sorted by file and position.
type Errors []Error

// maxShown is the number of errors that are shown: a wrong key in thousands of entries must not take megabytes of a terminal or a log.
const maxShown = 1000

// Shown returns the first errors, and how many there are beyond these as text; "" if these are all.
func (e Errors) Shown() (first Errors, more string) {
	switch rest := len(e) - maxShown; {
	case rest <= 0:
		return e, ""
	case rest == 1:
		return e[:maxShown], "and 1 more error"
	default:
		return e[:maxShown], fmt.Sprintf("and %d more errors", rest)
	}
}

// Error returns the first errors, each with its source line, and how many there are beyond these.
func (e Errors) Error() string {
	first, more := e.Shown()
	var texts []string
	for _, one := range first {
		texts = append(texts, one.Error())
	}
	if more != "" {
		texts = append(texts, more)
	}
	return strings.Join(texts, "\n")
}
