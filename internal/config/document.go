package config

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

// document is a YAML file, and what is wrong in it.
type document struct {
	file string // as it was given or named
	form *key   // what the file must hold
	data []byte
	root *yaml.Node // nil: the file is empty, or could not be read

	text     lines // the lines, once they are asked for
	private  bool  // a secret stands in it, not only the name of a file
	mistakes []Mistake
}

// parse makes a document of a file's content. What keeps it from being YAML becomes a mistake.
func parse(file string, form *key, c content) *document {
	d := &document{file: file, form: form, data: bytes.TrimPrefix(c.data, []byte("\ufeff"))}
	switch {
	case c.problem == absent && form == &mainFile:
		d.whole(absent + "; name another with --config.file, or make one: octoeverywhere_exporter add")
	case c.problem != "":
		d.whole(c.problem)
	case !d.plainText():
	default:
		d.parse()
	}
	return d
}

// plainText reports whether the file is text. The YAML reader refuses the same, but does not say where.
func (d *document) plainText() bool {
	line, column := 1, 1
	for rest := d.data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			d.record(line, column, "", "this is not UTF-8; save the file in that encoding")
			return false
		case r == '\n':
			line, column = line+1, 0
		case unicode.IsControl(r) && r != '\t' && r != '\r':
			d.record(line, column, "", "a control character stands here; take it away")
			return false
		}
		rest, column = rest[size:], column+1
	}
	return true
}

func (d *document) parse() {
	loader, err := yaml.NewLoader(bytes.NewReader(d.data), yaml.WithV4Defaults())
	if err != nil {
		d.whole("the YAML reader does not start")
		return
	}
	var root, second yaml.Node
	if err := loader.Load(&root); err != nil {
		d.broken(err)
		return
	}
	if err := loader.Load(&second); err == nil {
		d.mistake(&second, "", "a second document begins here; write everything in one, without a line ---")
		return
	} else if !errors.Is(err, io.EOF) {
		d.broken(err)
		return
	}
	if len(root.Content) == 1 {
		d.root = resolve(root.Content[0])
	}
}

// resolve follows aliases to what they stand for. The form of a configuration is of limited depth, and so is a walk over
// aliases in it, even where one holds itself.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// at is the place of a node as text.
func (d *document) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", d.file, n.Line, n.Column) }

// join makes a path that stands in the document relative to the document.
func (d *document) join(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(d.file), path)
}

// mistake records what is wrong at n.
func (d *document) mistake(n *yaml.Node, path, format string, args ...any) {
	d.record(n.Line, n.Column, path, fmt.Sprintf(format, args...))
}

// whole records what is wrong with the file as a whole.
func (d *document) whole(message string) { d.record(0, 0, "", message) }

func (d *document) record(line, column int, path, message string) {
	d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: line, Column: column, Path: path, Message: message})
}

// finish gives the mistakes in the order of their places, each once and with its source line.
func (d *document) finish() []Mistake {
	slices.SortStableFunc(d.mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	d.mistakes = slices.Compact(d.mistakes)
	if len(d.mistakes) > 0 {
		d.quote()
	}
	return d.mistakes
}

// lines are the lines of the file.
func (d *document) lines() lines {
	if d.text == nil {
		d.text = splitLines(string(d.data))
	}
	return d.text
}

// broken records why the file is not YAML. An empty one is.
func (d *document) broken(err error) {
	var e *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
	case errors.As(err, &e) && e.Mark.Line > 0:
		mark, message := explain(e, d.lines())
		d.record(mark.Line, mark.Column, "", "not valid YAML: "+message)
	default:
		d.whole("not valid YAML")
	}
}
