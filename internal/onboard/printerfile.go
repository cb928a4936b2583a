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

const newPrinterFile = "# Printers added by `octoeverywhere_exporter add`.\n"

// appendEntries appends entries to the text of a printer file. The old text is kept byte for byte. The result is parsed to
// check that it has the old entries and the new ones; if not, the error says why.
func appendEntries(old []byte, entries [][]string) ([]byte, error) {
	before, err := parseYAML(old)
	if err != nil {
		return nil, errors.New("is not valid YAML; run `octoeverywhere_exporter check`")
	}
	indent, size := "", 0
	if before != nil {
		switch {
		case before.Kind != yaml.SequenceNode:
			return nil, errors.New("is not a list of printers")
		case before.Style&yaml.FlowStyle != 0:
			return nil, errors.New("is a list in brackets, which cannot be appended to; rewrite it with dashes")
		}
		indent, size = strings.Repeat(" ", before.Column-1), len(before.Content)
	}
	text := slices.Clone(old)
	if len(text) == 0 {
		text = []byte(newPrinterFile)
	}
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, newline...)
	}
	lines := slices.Concat(entries...)
	for _, line := range lines {
		text = append(text, indent+line+newline...)
	}

	after, err := parseYAML(text)
	added, addedErr := parseYAML([]byte(strings.Join(lines, "\n") + "\n"))
	if err != nil || addedErr != nil || after == nil || after.Kind != yaml.SequenceNode || len(after.Content) != size+len(entries) ||
		!slices.EqualFunc(after.Content[size:], added.Content, equalNodes) || before != nil && !slices.EqualFunc(before.Content, after.Content[:size], equalNodes) {
		return nil, errors.New("has an end that cannot be appended to; rewrite it as a plain list with dashes")
	}
	return text, nil
}

// parseYAML returns the root of a YAML file, nil if it is empty.
func parseYAML(text []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithV4Defaults())
	if err != nil {
		return nil, err
	}
	var root, second yaml.Node
	switch err := loader.Load(&root); {
	case errors.Is(err, io.EOF):
		return nil, nil //nolint:nilnil // an empty file is valid
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

// equalNodes reports whether two nodes have the same content.
func equalNodes(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.ShortTag() == b.ShortTag() && a.Value == b.Value && a.Anchor == b.Anchor &&
		slices.EqualFunc(a.Content, b.Content, equalNodes)
}
