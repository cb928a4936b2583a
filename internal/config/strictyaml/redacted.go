package strictyaml

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Redacted returns a valid document as YAML: keys and values in their order, without comments and without what may be secret.
// Strings, durations and switches are shown in full: where they are valid they are public. Anchors are numbered, since text
// after & may be a secret without quotes. The library's writer takes four times as long, and ten times the memory.
func (d *Document) Redacted() string {
	if d.Root == nil {
		return ""
	}
	w := &redactedWriter{schema: d.schema, lines: d.lines(), anchors: map[*yaml.Node]string{}}
	w.value(d.Root, &d.schema.Root, 0, false)
	return strings.TrimLeft(w.text.String(), " \n") + "\n"
}

// redactedWriter writes nodes of a valid document.
type redactedWriter struct {
	schema  *Schema
	lines   lines
	text    strings.Builder
	anchors map[*yaml.Node]string
}

// value writes a node behind a key or a dash. key is its row of the table, nil if unknown. A mapping or list in block style
// begins on a new line with this indentation; a mapping behind a dash on the same line.
func (w *redactedWriter) value(n *yaml.Node, key *Key, indent int, behindDash bool) {
	switch block := n.Style&yaml.FlowStyle == 0; {
	case n.Kind == yaml.MappingNode && block:
		w.anchor(n, " ", "")
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i == 0 && behindDash && n.Anchor == "" {
				w.text.WriteByte(' ')
			} else {
				w.newLine(indent)
			}
			w.pair(n, i, key, indent)
		}
	case n.Kind == yaml.SequenceNode && block:
		w.anchor(n, " ", "")
		for _, item := range n.Content {
			w.newLine(indent)
			w.text.WriteByte('-')
			w.value(item, key.item(), indent+2, true)
		}
	case isNull(n) && n.Anchor == "":
	default:
		w.text.WriteByte(' ')
		w.inline(n, key)
	}
}

// inline writes a scalar, an alias, or a mapping or list in flow style.
func (w *redactedWriter) inline(n *yaml.Node, key *Key) {
	w.anchor(n, "", " ")
	switch n.Kind {
	case yaml.AliasNode:
		w.text.WriteString("*" + w.anchors[n.Alias])
	case yaml.MappingNode:
		w.text.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			w.comma(i)
			w.pair(n, i, key, 0)
		}
		w.text.WriteByte('}')
	case yaml.SequenceNode:
		w.text.WriteByte('[')
		for i, item := range n.Content {
			w.comma(i)
			w.inline(item, key.item())
		}
		w.text.WriteByte(']')
	default:
		w.text.WriteString(w.scalar(n, key))
	}
}

// pair writes a key of a mapping and its value. Keys of the table and names of labels are public.
func (w *redactedWriter) pair(mapping *yaml.Node, i int, key *Key, indent int) {
	name, value := mapping.Content[i], mapping.Content[i+1]
	var nameKey *Key
	if key != nil && (key.Kind == Map || key.Kind == StringMap) {
		nameKey = &Key{Kind: String}
	}
	w.inline(name, nameKey)
	if name.Kind == yaml.AliasNode {
		w.text.WriteByte(' ') // a colon can be part of an alias
	}
	w.text.WriteByte(':')
	if value.Kind == yaml.MappingNode {
		indent += 2
	}
	w.value(value, key.child(name), indent, false)
}

// anchor writes the anchor of a node, if it has one.
func (w *redactedWriter) anchor(n *yaml.Node, before, after string) {
	if n.Anchor != "" {
		w.anchors[n] = "anchor" + strconv.Itoa(len(w.anchors)+1)
		w.text.WriteString(before + "&" + w.anchors[n] + after)
	}
}

func (w *redactedWriter) comma(i int) {
	if i > 0 {
		w.text.WriteString(", ")
	}
}

func (w *redactedWriter) newLine(indent int) {
	w.text.WriteByte('\n')
	for range indent {
		w.text.WriteByte(' ')
	}
}

// scalar is the text to show for a scalar.
func (w *redactedWriter) scalar(n *yaml.Node, key *Key) string {
	switch {
	case isNull(n):
		return ""
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

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
