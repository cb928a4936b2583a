package onboard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

const newList = "# Printers that were added by `octoeverywhere_exporter add`.\n"

// appended gives a printer file with one more entry behind all others. What was there stays as it is, byte for byte; that the
// result says the same, and the entry besides, is found out by reading it. The error says why that is not so.
func appended(old []byte, entry []string) ([]byte, error) {
	before, err := read(old)
	if err != nil {
		return nil, errors.New("is not valid YAML; `octoeverywhere_exporter check` says where")
	}
	indent, size := "", 0
	if before != nil {
		switch {
		case before.Kind != yaml.SequenceNode:
			return nil, errors.New("is not a list of printers")
		case before.Style&yaml.FlowStyle != 0:
			return nil, errors.New("is a list in brackets, to which no entry can be appended; write it with dashes")
		}
		indent, size = strings.Repeat(" ", before.Column-1), len(before.Content)
	}
	text := slices.Clone(old)
	if len(text) == 0 {
		text = []byte(newList)
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, end...)
	}
	for _, line := range entry {
		text = append(text, indent+line+end...)
	}

	after, err := read(text)
	added, entryErr := read([]byte(strings.Join(entry, "\n") + "\n"))
	if err != nil || entryErr != nil || after == nil || after.Kind != yaml.SequenceNode || len(after.Content) != size+1 ||
		!same(after.Content[size], added.Content[0]) || before != nil && !slices.EqualFunc(before.Content, after.Content[:size], same) {
		return nil, errors.New("ends in a way that no entry can be appended to; write it as a plain list with dashes")
	}
	return text, nil
}

// read gives what a YAML file holds; nil where that is nothing.
func read(text []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithV4Defaults())
	if err != nil {
		return nil, err
	}
	var root, second yaml.Node
	switch err := loader.Load(&root); {
	case errors.Is(err, io.EOF):
		return nil, nil //nolint:nilnil // an empty file is no mistake
	case err != nil:
		return nil, err
	}
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("a second document: %w", err)
	}
	if len(root.Content) != 1 || root.Content[0].ShortTag() == "!!null" {
		return nil, nil //nolint:nilnil // as above
	}
	return root.Content[0], nil
}

// same reports whether two nodes say the same.
func same(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.ShortTag() == b.ShortTag() && a.Value == b.Value && a.Anchor == b.Anchor &&
		slices.EqualFunc(a.Content, b.Content, same)
}
