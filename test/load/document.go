package main

import (
	"fmt"
	"os"
	"strings"
)

// The marks between which a document has the figures.
const (
	beginMark = "<!-- figures: go run ./test/load -out FILE rewrites what follows -->\n"
	endMark   = "<!-- end of figures -->\n"
)

// keep leaves the figures of a document as they are.
func unchanged(figures string) string { return figures }

// rewrite replaces the figures in a document.
func rewriteDocument(path string, change func(string) string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), beginMark)
	figures, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return fmt.Errorf("%s has no figures: there is no %q with a %q behind it", path, beginMark, endMark)
	}
	return os.WriteFile(path, []byte(before+beginMark+change(figures)+endMark+after), 0o644)
}
