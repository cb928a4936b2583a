package strictyaml

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Mapping is a mapping of a document whose keys and values have been checked against a table: each key is in the table and
// appears once, and its value is of the right kind. Anything else has been recorded as an error. A misspelled key is read as
// the one that is meant, so that errors below it are reported in the same run.
type Mapping struct {
	Doc  *Document
	Path string // of the keys that lead here, "" at the top
	Node *yaml.Node

	fields    []field
	suggested []string // keys that unknown keys may be misspellings of
}

// field is a key and its value.
type field struct {
	key   *Key
	name  *yaml.Node
	value *yaml.Node // nil if it has an error
}

// Open checks the mapping n against its keys.
func (d *Document) Open(n *yaml.Node, keys []Key, path string) Mapping {
	m := Mapping{Doc: d, Path: path, Node: n}
	if !d.isMapping(n, keys, path) {
		return m
	}
	m.fields = make([]field, 0, len(n.Content)/2)
	var unknown []field
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], Resolve(n.Content[i+1])
		k := Find(keys, name.Value)
		if name.Kind != yaml.ScalarNode || k == nil {
			meant := d.meant(keys, name, value, path)
			m.suggested = append(m.suggested, strings.TrimSuffix(meant, "_file"), strings.TrimSuffix(name.Value, "_ref"))
			unknown = append(unknown, field{Find(keys, meant), name, value})
			continue
		}
		if first, ok := m.field(k.Name); ok {
			d.Errorf(name, m.PathOf(k.Name), "duplicate key; first defined at %s", d.Position(first.name))
			continue
		}
		f := field{key: k, name: name}
		if d.checkKind(k, name, value, m.PathOf(k.Name)) {
			f.value = value
		}
		m.fields = append(m.fields, f)
	}
	for _, f := range unknown {
		if f.key != nil && !m.Has(f.key.Name) && f.key.Kind.fits(f.value) {
			m.fields = append(m.fields, f)
		}
	}
	return m
}

// meant records that a key is not in the table, and returns the one that it is probably a misspelling of.
func (d *Document) meant(keys []Key, name, value *yaml.Node, path string) string {
	k := unknownKey{name, &keys[0]}
	meant, known := d.unknown[k]
	if !known {
		d.Errorf(name, path, "%s", d.explainUnknown(keys, name, value))
		meant = suggest(keys, name.Value)
		d.unknown[k] = meant
	}
	return meant
}

func (m Mapping) field(name string) (field, bool) {
	for _, f := range m.fields {
		if f.key.Name == name {
			return f, true
		}
	}
	return field{}, false
}

// Has reports whether a key is set, even if its value has an error.
func (m Mapping) Has(name string) bool {
	_, ok := m.field(name)
	return ok
}

// Value returns the value of a key, nil if it is not set or has an error.
func (m Mapping) Value(name string) *yaml.Node {
	f, _ := m.field(name)
	return f.value
}

// PathOf is the path of a key of the mapping.
func (m Mapping) PathOf(name string) string {
	if m.Path == "" {
		return name
	}
	return m.Path + "." + name
}

// Errorf records an error in the value of a key that is set.
func (m Mapping) Errorf(name, format string, args ...any) {
	f, _ := m.field(name)
	n := f.name
	if f.value != nil && f.value.Kind == yaml.ScalarNode {
		n = f.value
	}
	m.Doc.Errorf(n, m.PathOf(name), format, args...)
}

// Missing records that a required key is not set. It records nothing if the mapping has an error that explains it: a
// misspelled key, or a node of another kind.
func (m Mapping) Missing(name, format string, args ...any) {
	if !slices.Contains(m.suggested, name) && (m.Node.Kind == yaml.MappingNode || IsNull(m.Node)) {
		m.Doc.Errorf(m.Node, m.PathOf(name), format, args...)
	}
}

// Inner opens the mapping under a key. ok is false if the key is not set.
func (m Mapping) Inner(name string) (inner Mapping, ok bool) {
	f, ok := m.field(name)
	if !ok {
		return Mapping{}, false
	}
	return m.Doc.Open(f.value, f.key.Keys, m.PathOf(name)), true
}

// Bool returns the value of a Bool key, fallback if it is not set.
func (m Mapping) Bool(name string, fallback bool) bool {
	n := m.Value(name)
	if n == nil {
		return fallback
	}
	switch strings.ToLower(n.Value) {
	case "true":
		return true
	case "false":
		return false
	}
	m.Errorf(name, "must be true or false")
	return fallback
}
