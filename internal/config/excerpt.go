package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// quote gives the mistakes of the document their source lines.
func (d *document) quote() {
	e := &excerpts{lines: d.lines(), shown: map[int]*excerpt{}}
	for _, m := range d.mistakes {
		if m.Line >= 1 && m.Line <= len(e.lines) {
			e.shown[m.Line] = &excerpt{columns: map[int]int{}}
		}
	}
	if d.root != nil {
		e.walk(d.root, d.form)
	} else {
		for number, x := range e.shown {
			x.guess(e.lines.runes(number))
		}
	}
	for i, m := range d.mistakes {
		if x, ok := e.shown[m.Line]; ok {
			d.mistakes[i].Source, d.mistakes[i].Caret = x.window(m.Column)
		}
	}
}

// excerpts are source lines to be shown. They are written anew from the nodes that begin on them, in YAML's flow style where
// that is theirs; nothing is copied from a line but the dashes before the first node. So comments, the lines of texts that
// go over several, and all that is not known to be harmless stay out.
type excerpts struct {
	lines lines
	shown map[int]*excerpt // by line, those that are wanted
	last  *excerpt         // where the last node was put; nil if that line is not wanted
}

// excerpt is one line.
type excerpt struct {
	text    []rune
	columns map[int]int // column in the file → index in text
}

// walk puts a node, and all below it, on their lines. form is what the table says of it, nil where it says nothing.
func (e *excerpts) walk(n *yaml.Node, form *key) {
	switch n.Kind {
	case yaml.ScalarNode:
		if e.begin(n) {
			e.put(n, e.valueText(n, form))
		}
	case yaml.AliasNode:
		if e.begin(n) {
			e.put(n, "*"+hidden)
		}
	case yaml.SequenceNode:
		e.open(n, "[")
		for i, item := range n.Content {
			e.comma(n, i)
			e.walk(item, form.item())
		}
		e.close(n, "]")
	case yaml.MappingNode:
		e.open(n, "{")
		for i := 0; i+1 < len(n.Content); i += 2 {
			e.comma(n, i)
			name, value := n.Content[i], n.Content[i+1]
			if e.begin(name) {
				e.put(name, keyText(name, value, form)+":")
			}
			e.walk(value, form.child(name))
		}
		e.close(n, "}")
	}
}

func (e *excerpts) open(n *yaml.Node, bracket string) {
	if n.Style&yaml.FlowStyle != 0 && e.begin(n) {
		e.put(n, bracket)
	}
}

func (e *excerpts) comma(n *yaml.Node, i int) {
	if i > 0 && n.Style&yaml.FlowStyle != 0 && e.last != nil {
		e.last.text = append(e.last.text, ',')
	}
}

func (e *excerpts) close(n *yaml.Node, bracket string) {
	if n.Style&yaml.FlowStyle != 0 && e.last != nil {
		e.last.text = append(e.last.text, []rune(bracket)...)
	}
}

// begin goes to the line of n. It reports whether that is wanted.
func (e *excerpts) begin(n *yaml.Node) bool {
	e.last = e.shown[n.Line]
	return e.last != nil
}

// put writes text where n begins.
func (e *excerpts) put(n *yaml.Node, text string) {
	x := e.last
	if len(x.text) == 0 {
		x.text = lead(e.lines.runes(n.Line), n.Column)
	} else if last := x.text[len(x.text)-1]; text != "" && !strings.ContainsRune("[{ ", last) {
		x.text = append(x.text, ' ')
	}
	x.columns[n.Column] = len(x.text)
	x.text = append(x.text, []rune(text)...)
}

// lead is what stands before the first node of a line: dashes as they are, and blanks for everything else.
func lead(line []rune, column int) []rune {
	text := slices.Clone(line[:min(max(column-1, 0), len(line))])
	for i, r := range text {
		if r != '-' {
			text[i] = ' '
		}
	}
	return text
}

// valueText is what is shown of a value.
func (e *excerpts) valueText(n *yaml.Node, form *key) string {
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	switch {
	case n.Value == "" && !quoted:
		return ""
	case form == nil || !form.shows(n.Value) || !e.lines.holdWhole(n):
		return hidden
	case quoted:
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// keyText is what is shown of a key.
func keyText(name, value *yaml.Node, form *key) string {
	var show bool
	switch {
	case form == nil || name.Kind != yaml.ScalarNode:
	case form.kind == labels:
		show = showable(name.Value)
	case form.kind == mapping:
		show = find(form.keys, name.Value) != nil || showableKey(form.keys, name, value)
	}
	if !show {
		return hidden
	}
	return name.Value
}

const (
	windowWidth  = 100 // characters of a line that are shown
	windowBefore = 60  // of them before the place
)

// window is the part of the line around a column of the file, and the place of that column in it, from 1; 0 where it is not
// known.
func (x *excerpt) window(column int) (text string, caret int) {
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
