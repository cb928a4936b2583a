package strictyaml

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Document is a YAML file and its errors.
type Document struct {
	File      string     // as the user or another file names it
	Directory string     // relative paths in the file are relative to it
	Root      *yaml.Node // nil: the file is empty or not valid YAML

	schema   *Schema
	data     []byte
	text     lines // set by lines
	errs     Errors
	recorded map[Error]bool        // the errors without their paths
	unknown  map[unknownKey]string // the keys that are meant by those that an error has been recorded for
}

// unknownKey is a key of a mapping that is not in a table. Aliases can lead to the same one thousands of times.
type unknownKey struct {
	name  *yaml.Node
	table *Key // the first one
}

// Parse reads the content of a file, which has no byte order mark. Invalid YAML becomes an error of the document.
func Parse(file string, data []byte, schema *Schema) *Document {
	d := &Document{File: file, Directory: filepath.Dir(file), schema: schema, data: data, recorded: map[Error]bool{}, unknown: map[unknownKey]string{}}
	if d.isText() {
		d.parse()
	}
	return d
}

// Unreadable returns the document of a file that cannot be read.
func Unreadable(file, message string) *Document {
	d := &Document{File: file, schema: &Schema{}, recorded: map[Error]bool{}}
	d.FileError("", message)
	return d
}

// isText reports whether the file is UTF-8 without control characters. The YAML parser checks the same, but does not say
// where.
func (d *Document) isText() bool {
	line, column := 1, 1
	for rest := d.data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			d.record(line, column, "", "not valid UTF-8; save the file as UTF-8")
			return false
		case r == '\n':
			line, column = line+1, 0
		case unicode.IsControl(r) && r != '\t' && r != '\r':
			d.record(line, column, "", "control character; remove it")
			return false
		}
		rest, column = rest[size:], column+1
	}
	return true
}

func (d *Document) parse() {
	loader, err := yaml.NewLoader(bytes.NewReader(d.data), yaml.WithV4Defaults())
	if err != nil {
		d.FileError("", "cannot start the YAML parser")
		return
	}
	var root, second yaml.Node
	if err := loader.Load(&root); err != nil {
		d.syntaxError(err)
		return
	}
	if err := loader.Load(&second); err == nil {
		d.Errorf(&second, "", "only one YAML document is allowed; remove the line ---")
		return
	} else if !errors.Is(err, io.EOF) {
		d.syntaxError(err)
		return
	}
	if len(root.Content) == 1 && d.checkAliases(root.Content[0]) {
		d.Root = Resolve(root.Content[0])
	}
}

// syntaxError records why the file is not valid YAML. An empty file is valid.
func (d *Document) syntaxError(err error) {
	var e *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
	case errors.As(err, &e) && e.Mark.Line > 0:
		mark, message := explain(e, d.lines())
		d.record(mark.Line, mark.Column, "", "invalid YAML: "+message)
	default:
		d.FileError("", "invalid YAML")
	}
}

// Resolve follows an alias to its anchor. A walk over a schema ends even where an alias contains itself, because a schema
// is of limited depth.
func Resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Position is the position of a node as file:line:column.
func (d *Document) Position(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", d.File, n.Line, n.Column)
}

// Join resolves a path in the document, which is relative to its directory.
func (d *Document) Join(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.Directory, path)
}

// Errorf records an error at n. path is that of the key, as printers[3].timeout. The message must not contain a secret.
func (d *Document) Errorf(n *yaml.Node, path, format string, args ...any) {
	d.record(n.Line, n.Column, path, fmt.Sprintf(format, args...))
}

// FileError records an error of the file as a whole.
func (d *Document) FileError(path, message string) { d.record(0, 0, path, message) }

// record records an error once per position, though aliases can lead there by several paths.
func (d *Document) record(line, column int, path, message string) {
	e := Error{File: d.File, Line: line, Column: column, Message: message}
	if line > 0 && d.recorded[e] {
		return
	}
	d.recorded[e] = true
	e.Path = path
	d.errs = append(d.errs, e)
}

// HasErrors reports whether an error has been recorded.
func (d *Document) HasErrors() bool { return len(d.errs) > 0 }

// Errors returns the recorded errors, sorted by position, without duplicates, each with its source line.
func (d *Document) Errors() Errors {
	slices.SortStableFunc(d.errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	d.errs = slices.Compact(d.errs)
	if len(d.errs) > 0 {
		d.addSnippets()
	}
	return d.errs
}

func (d *Document) lines() lines {
	if d.text == nil {
		d.text = splitLines(string(d.data))
	}
	return d.text
}
