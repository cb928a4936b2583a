package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// block is a mapping of a document. Its keys are of the table and stand in it once, their values are of the right kind;
// what was otherwise has become a mistake.
type block struct {
	in     *document
	path   string // of the keys that lead here, "" at the top
	node   *yaml.Node
	fields []field
	meant  []string // the keys that unknown ones may have been meant to be
}

// field is a key and its value.
type field struct {
	key   *key
	name  *yaml.Node
	value *yaml.Node // nil: there is a mistake in it already
}

// open checks a mapping of the document against its keys.
func (d *document) open(n *yaml.Node, keys []key, path string) block {
	b := block{in: d, path: path, node: n}
	if !d.isMapping(n, keys, path) {
		return b
	}
	b.fields = make([]field, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], resolve(n.Content[i+1])
		k := find(keys, name.Value)
		if name.Kind != yaml.ScalarNode || k == nil {
			d.mistake(name, path, "%s", unknown(keys, name, value))
			b.meant = append(b.meant, strings.TrimSuffix(suggest(keys, name.Value), "_file"), strings.TrimSuffix(name.Value, "_ref"))
			continue
		}
		if first, twice := b.field(k.name); twice {
			d.mistake(name, b.pathOf(k.name), "stands here for the second time; the first is at %s", d.at(first.name))
			continue
		}
		f := field{key: k, name: name}
		if d.fits(k, name, value, b.pathOf(k.name)) {
			f.value = value
		}
		b.fields = append(b.fields, f)
	}
	return b
}

func (d *document) isMapping(n *yaml.Node, keys []key, path string) bool {
	if n.Kind == yaml.MappingNode {
		return true
	}
	switch {
	case isNull(n):
	case path == "":
		d.mistake(n, path, "a configuration file holds keys (%s), not %s", names(keys), describe(n))
	default:
		d.mistake(n, path, "wants keys of its own (%s), not %s", names(keys), describe(n))
	}
	return false
}

// unknown says what to do about a key that is not in the table.
func unknown(keys []key, name, value *yaml.Node) string {
	switch {
	case name.Kind != yaml.ScalarNode:
		return "a key must be a plain word"
	case name.Value == "<<":
		return "merge keys (<<) are not read; what printers have in common goes under defaults"
	case strings.HasSuffix(name.Value, "_ref") && find(keys, strings.TrimSuffix(name.Value, "_ref")) != nil:
		return fmt.Sprintf("%q needs a secret manager, which this exporter does not have; write %q",
			name.Value, strings.TrimSuffix(name.Value, "_ref")+"_file")
	}
	for _, s := range sections {
		if suggest(keys, name.Value) == "" && find(s.keys, name.Value) != nil {
			return fmt.Sprintf("%q cannot stand here, it belongs to %s", name.Value, s.title)
		}
	}
	if !showableKey(keys, name, value) {
		return "unknown key, not shown because it may be a secret; here can stand " + names(keys)
	}
	if meant := suggest(keys, name.Value); meant != "" {
		return fmt.Sprintf("unknown key %q; did you mean %q?", name.Value, meant)
	}
	return fmt.Sprintf("unknown key %q; here can stand %s", name.Value, names(keys))
}

// fits reports whether a value is of its key's kind. A list or mapping may be null: all below it is commented out.
func (d *document) fits(k *key, name, n *yaml.Node, path string) bool {
	var want string
	switch {
	case isNull(n) && k.kind.scalar():
		d.mistake(name, path, "has no value; write one, or take the key away")
		return false
	case isNull(n):
		return true
	case k.kind.scalar():
		return d.isText(n, path)
	case k.kind == entries && n.Kind != yaml.SequenceNode:
		want = "a list of printers, each beginning with a dash (- name: …)"
	case k.kind == patterns && n.Kind != yaml.SequenceNode:
		want = "a list, even for one ([printers.d/*.yaml])"
	case k.kind == labels && n.Kind != yaml.MappingNode:
		want = "a mapping of label names to texts ({site: lab})"
	case k.kind == headers && n.Kind != yaml.MappingNode:
		want = "a mapping of header names to lists of values"
	default:
		return true
	}
	d.mistake(n, path, "wants %s, not %s", want, describe(n))
	return false
}

// isText reports whether n is one text that is not empty. Numbers and the like are taken as they are written.
func (d *document) isText(n *yaml.Node, path string) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.mistake(n, path, "wants a text, not %s", describe(n))
	case n.Style&yaml.TaggedStyle != 0:
		d.mistake(n, path, "has a tag (!), which is not read; take it away")
	case n.Value == "" || isNull(n):
		d.mistake(n, path, "is empty; write a value, or take the key away")
	case n.Style == 0 && strings.Contains(n.Value, " ") && !d.lines().holdWhole(n):
		d.mistake(n, path, "goes over several lines; if that is meant, write quotes around it, if not, a colon or a blank is missing")
	default:
		return true
	}
	return false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a text"
}

// field gives a key that stands in the block, whether its value is right or not.
func (b block) field(name string) (field, bool) {
	for _, f := range b.fields {
		if f.key.name == name {
			return f, true
		}
	}
	return field{}, false
}

// has reports whether a key stands in the block.
func (b block) has(name string) bool {
	_, ok := b.field(name)
	return ok
}

// value gives the value of a key, nil where there is none without mistake.
func (b block) value(name string) *yaml.Node {
	f, _ := b.field(name)
	return f.value
}

// pathOf is the path of a key in the block.
func (b block) pathOf(name string) string {
	if b.path == "" {
		return name
	}
	return b.path + "." + name
}

// mistake records what is wrong with the value of a key that stands in the block.
func (b block) mistake(name, format string, args ...any) {
	f, _ := b.field(name)
	n := f.name
	if f.value != nil && f.value.Kind == yaml.ScalarNode {
		n = f.value
	}
	b.in.mistake(n, b.pathOf(name), format, args...)
}

// missing records that a key does not stand in the block and should. If there is a mistake that may be the cause, that one
// is enough.
func (b block) missing(name, format string, args ...any) {
	if !slices.Contains(b.meant, name) && (b.node.Kind == yaml.MappingNode || isNull(b.node)) {
		b.in.mistake(b.node, b.pathOf(name), format, args...)
	}
}

// inner opens the mapping below a key. ok is false where the key is not there.
func (b block) inner(name string) (inner block, ok bool) {
	f, ok := b.field(name)
	if !ok {
		return block{}, false
	}
	return b.in.open(f.value, f.key.keys, b.pathOf(name)), true
}

// truth is the value of a boolean, otherwise where it is not written.
func (b block) truth(name string, otherwise bool) bool {
	n := b.value(name)
	if n == nil {
		return otherwise
	}
	switch strings.ToLower(n.Value) {
	case "true":
		return true
	case "false":
		return false
	}
	b.mistake(name, "must be true or false")
	return otherwise
}
