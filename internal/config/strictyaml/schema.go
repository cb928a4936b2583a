package strictyaml

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Kind is what the value of a key must be. It also decides whether an error may show the value.
type Kind uint8

// The kinds. The values of String, Path, Duration and Bool are shown if they look harmless, those of the others never.
const (
	String    Kind = iota + 1
	Secret         // a string
	Path           // the path of a file
	Duration       // as Prometheus writes it
	Bool           // true or false
	Map            // a mapping with Keys
	StringMap      // a mapping of free names to strings
	ListMap        // a mapping of free names to lists of secret strings
	List           // a list of mappings with Keys
	PathList       // a list of paths, possibly with wildcards
)

// isScalar reports whether the value is a single string.
func (k Kind) isScalar() bool { return k <= Bool }

// Key is a row of the table of keys.
type Key struct {
	Name     string
	Kind     Kind
	Keys     []Key    // of a Map, or of the items of a List
	Form     string   // of a StringMap, ListMap, List or PathList: what it must be, for errors
	Enum     []string // of a String: the values that are allowed; nil: any
	Required bool     // the key, or the one with the suffix _file, must be set
	Default  string
	Doc      string // a line of Markdown
}

// Section is a mapping of the configuration: its name in errors and documents, and its keys.
type Section struct {
	Title string
	Keys  []Key
}

// Schema is what a file must hold.
type Schema struct {
	Root         Key
	Sections     []Section // of all files of the configuration, to say where a misplaced key belongs
	SecretDomain string    // host names in it are secrets
	NoMergeKeys  string    // what to do instead of using YAML's merge keys
}

// Find returns the row of a key, nil if there is none.
func Find(keys []Key, name string) *Key {
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

// child returns the row for the value of a key in a value of k, nil if unknown.
func (k *Key) child(name *yaml.Node) *Key {
	switch {
	case k == nil || name.Kind != yaml.ScalarNode:
		return nil
	case k.Kind == Map:
		if found := Find(k.Keys, name.Value); found != nil {
			return found
		}
		meant := Find(k.Keys, suggest(k.Keys, name.Value))
		if meant == nil || meant.Kind.isScalar() {
			return nil // a scalar may be a secret under another key
		}
		return meant
	case k.Kind == StringMap:
		return &Key{Kind: String}
	}
	return nil
}

// item returns the row for an item of a list, nil if unknown.
func (k *Key) item() *Key {
	switch {
	case k == nil:
		return nil
	case k.Kind == List:
		return &Key{Kind: Map, Keys: k.Keys}
	case k.Kind == PathList:
		return &Key{Kind: Path}
	}
	return nil
}

// joinNames lists the names of keys.
func joinNames(keys []Key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}
