package strictyaml

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// addSnippets adds the source lines to the errors of the document.
func (d *Document) addSnippets() {
	w := &snippetWriter{schema: d.schema, lines: d.lines(), wanted: map[int]*snippet{}}
	for _, e := range d.errs {
		if e.Line >= 1 && e.Line <= len(w.lines) {
			w.wanted[e.Line] = &snippet{columns: map[int]int{}}
		}
	}
	if d.Root != nil {
		w.walk(d.Root, &d.schema.Root)
	} else {
		for number, x := range w.wanted {
			d.schema.guessSnippet(x, w.lines.runes(number))
		}
	}
	for i, e := range d.errs {
		if x, ok := w.wanted[e.Line]; ok {
			d.errs[i].Source, d.errs[i].Caret = x.window(e.Column)
		}
	}
}

// snippetWriter rebuilds source lines from the nodes that start on them. Nothing is copied from the file except the dashes
// before the first node of a line, so comments, continued lines and everything that is not known to be public are left out.
type snippetWriter struct {
	schema  *Schema
	lines   lines
	wanted  map[int]*snippet // by line number
	current *snippet         // of the last node; nil if its line is not wanted
}

// snippet is a rebuilt source line.
type snippet struct {
	text    []rune
	columns map[int]int // column in the file → index in text
}

// walk writes a node and everything below it. key is its row of the table, nil if unknown.
func (w *snippetWriter) walk(n *yaml.Node, key *Key) {
	switch n.Kind {
	case yaml.ScalarNode:
		if w.moveTo(n) {
			w.write(n, w.valueText(n, key))
		}
	case yaml.AliasNode:
		if w.moveTo(n) {
			w.write(n, "*"+redacted) // it may be a secret that begins with an asterisk
		}
	case yaml.SequenceNode:
		w.openFlow(n, "[")
		for i, item := range n.Content {
			w.comma(n, i)
			w.walk(item, key.item())
		}
		w.closeFlow(n, "]")
	case yaml.MappingNode:
		w.openFlow(n, "{")
		for i := 0; i+1 < len(n.Content); i += 2 {
			w.comma(n, i)
			name, value := n.Content[i], n.Content[i+1]
			if w.moveTo(name) {
				w.write(name, w.keyText(name, value, key)+":")
			}
			w.walk(value, key.child(name))
		}
		w.closeFlow(n, "}")
	}
}

func (w *snippetWriter) openFlow(n *yaml.Node, bracket string) {
	if n.Style&yaml.FlowStyle != 0 && w.moveTo(n) {
		w.write(n, bracket)
	}
}

func (w *snippetWriter) comma(n *yaml.Node, i int) {
	if i > 0 && n.Style&yaml.FlowStyle != 0 && w.current != nil {
		w.current.text = append(w.current.text, ',')
	}
}

func (w *snippetWriter) closeFlow(n *yaml.Node, bracket string) {
	if n.Style&yaml.FlowStyle != 0 && w.current != nil {
		w.current.text = append(w.current.text, []rune(bracket)...)
	}
}

// moveTo makes the line of n the current one. It reports whether that line is wanted.
func (w *snippetWriter) moveTo(n *yaml.Node) bool {
	w.current = w.wanted[n.Line]
	return w.current != nil
}

// write appends the text of n to the current line.
func (w *snippetWriter) write(n *yaml.Node, text string) {
	x := w.current
	if len(x.text) == 0 {
		x.text = indentation(w.lines.runes(n.Line), n.Column)
	} else if last := x.text[len(x.text)-1]; text != "" && !strings.ContainsRune("[{ ", last) {
		x.text = append(x.text, ' ')
	}
	x.columns[n.Column] = len(x.text)
	x.text = append(x.text, []rune(text)...)
}

// indentation is what precedes a column of a line: dashes are kept, everything else becomes a space.
func indentation(line []rune, column int) []rune {
	text := slices.Clone(line[:min(max(column-1, 0), len(line))])
	for i, r := range text {
		if r != '-' {
			text[i] = ' '
		}
	}
	return text
}

// valueText is the text to show for a value.
func (w *snippetWriter) valueText(n *yaml.Node, key *Key) string {
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	switch {
	case n.Value == "" && !quoted:
		return ""
	case key == nil || !w.schema.isPrintableValue(key, n.Value) || !w.lines.containValue(n):
		return redacted
	case quoted:
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// keyText is the text to show for a key of a mapping whose row is parent.
func (w *snippetWriter) keyText(name, value *yaml.Node, parent *Key) string {
	var show bool
	switch {
	case parent == nil || name.Kind != yaml.ScalarNode:
	case parent.Kind == StringMap:
		show = w.schema.IsPrintable(name.Value)
	case parent.Kind == Map:
		show = Find(parent.Keys, name.Value) != nil || w.schema.isPrintableKey(parent.Keys, name, value)
	}
	if !show {
		return redacted
	}
	return name.Value
}

const (
	windowWidth  = 100 // characters of a line that are shown
	windowBefore = 60  // of which before the error
)

// window returns the part of the line around a column of the file, and the position of that column in it, from 1; 0 if
// unknown.
func (x *snippet) window(column int) (text string, caret int) {
	at, known := x.columns[column]
	begin, end, before, after := 0, len(x.text), "", ""
	if end > windowWidth && at > windowBefore {
		begin, before = at-windowBefore, "…"
	}
	if end > begin+windowWidth {
		end, after = begin+windowWidth, "…"
	}
	text = strings.TrimRight(before+string(x.text[begin:end])+after, " ")
	if !known || text == "" {
		return text, 0
	}
	return text, at - begin + utf8.RuneCountInString(before) + 1
}
