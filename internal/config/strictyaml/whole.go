package strictyaml

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Redacted returns a valid document as YAML: its lines in their order, without comments and without what may be secret. Strings,
// durations and switches are shown in full: where they are valid they are public.
func (d *Document) Redacted() string {
	if d.Root == nil {
		return ""
	}
	w := &snippetWriter{schema: d.schema, lines: d.lines(), whole: &wholeWriter{}}
	w.walk(d.Root, &d.schema.Root)
	w.whole.flush()
	return w.whole.text.String()
}

// wholeWriter collects the rebuilt lines of a document.
type wholeWriter struct {
	text    strings.Builder
	number  int // of the current line
	current snippet
}

// line returns the line with a number, which is the current one or a later one.
func (w *wholeWriter) line(number int) *snippet {
	if number != w.number {
		w.flush()
		w.number = number
	}
	return &w.current
}

// flush writes the current line.
func (w *wholeWriter) flush() {
	if len(w.current.text) > 0 {
		w.text.WriteString(strings.TrimRight(string(w.current.text), " "))
		w.text.WriteByte('\n')
	}
	w.current.text = w.current.text[:0]
}

// validText is the text to show for a value of a valid document.
func (w *snippetWriter) validText(n *yaml.Node, key *Key) string {
	switch {
	case key == nil:
		return redacted
	case key.Kind == String, key.Kind == Duration, key.Kind == Bool, key.Kind == Path && w.schema.IsPrintablePath(n.Value):
	default:
		return redacted
	}
	if n.Style&^yaml.TaggedStyle != 0 || !w.lines.containValue(n) { // quoted, or on several lines
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// aliasText is the text to show for an alias. In an invalid document, it may be a secret that begins with an asterisk.
func (w *snippetWriter) aliasText() string {
	if w.whole != nil {
		return "<alias>"
	}
	return "*" + redacted
}
