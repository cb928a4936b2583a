package strictyaml

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (d *Document) isMapping(n *yaml.Node, keys []Key, path string) bool {
	if n.Kind == yaml.MappingNode {
		return true
	}
	if !IsNull(n) {
		subject := ""
		if path == "" {
			subject = "the file "
		}
		d.Errorf(n, path, "%smust be a mapping (keys: %s), not %s", subject, joinNames(keys), Describe(n))
	}
	return false
}

// explainUnknown says what to do about a key that is not in the table.
func (d *Document) explainUnknown(keys []Key, name, value *yaml.Node) string {
	withoutRef, isRef := strings.CutSuffix(name.Value, "_ref")
	switch {
	case name.Kind != yaml.ScalarNode:
		return "a key must be a plain string"
	case name.Value == "<<":
		return "merge keys (<<) are not supported; " + d.schema.NoMergeKeys
	case isRef && Find(keys, withoutRef) != nil:
		return fmt.Sprintf("%q needs a secret manager, which is not supported; use %q", name.Value, withoutRef+"_file")
	}
	meant := suggest(keys, name.Value)
	for _, s := range d.schema.Sections {
		if meant == "" && Find(s.Keys, name.Value) != nil {
			return fmt.Sprintf("%q is not allowed here; move it to %s", name.Value, s.Title)
		}
	}
	switch {
	case !d.schema.isPrintableKey(keys, name, value):
		return "unknown key (not shown, it may be a secret); valid keys: " + joinNames(keys)
	case meant != "":
		return fmt.Sprintf("unknown key %q; did you mean %q?", name.Value, meant)
	}
	return fmt.Sprintf("unknown key %q; valid keys: %s", name.Value, joinNames(keys))
}

// checkKind reports whether a value is of its key's kind. A list or a mapping may be null: everything below the key is
// commented out.
func (d *Document) checkKind(k *Key, name, n *yaml.Node, path string) bool {
	switch {
	case IsNull(n) && k.Kind.isScalar():
		d.Errorf(name, path, "has no value; set one or remove the key")
		return false
	case IsNull(n):
		return true
	case k.Kind.isScalar():
		return d.CheckString(n, path)
	case (k.Kind == List || k.Kind == PathList) && n.Kind != yaml.SequenceNode,
		(k.Kind == StringMap || k.Kind == ListMap) && n.Kind != yaml.MappingNode:
		d.Errorf(n, path, "must be %s, not %s", k.Form, Describe(n))
		return false
	}
	return true
}

// fits reports whether a value is of the kind.
func (k Kind) fits(n *yaml.Node) bool {
	switch k {
	case List, PathList:
		return n.Kind == yaml.SequenceNode
	case Map, StringMap, ListMap:
		return n.Kind == yaml.MappingNode
	}
	return n.Kind == yaml.ScalarNode && n.Value != "" && !IsNull(n) && n.Style&yaml.TaggedStyle == 0
}

// CheckString reports whether n is a non-empty string, and records an error if not. Numbers and the like are taken as they
// are written.
func (d *Document) CheckString(n *yaml.Node, path string) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.Errorf(n, path, "must be a string, not %s", Describe(n))
	case n.Style&yaml.TaggedStyle != 0:
		d.Errorf(n, path, "has a YAML tag (!), which is not supported; remove it")
	case n.Value == "" || IsNull(n):
		d.Errorf(n, path, "is empty; set a value or remove the key")
	case n.Style == 0 && strings.Contains(n.Value, " ") && !d.lines().containValue(n):
		d.Errorf(n, path, "spans several lines; quote it if that is intended, otherwise a colon or a space is missing")
	default:
		return true
	}
	return false
}

// IsNull reports whether n is null or has no value.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// Describe names the kind of a node.
func Describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a string"
}
