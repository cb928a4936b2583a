package main

import (
	"fmt"
	"os"
	"strings"
)

// The comments that enclose the tables in a document.
const (
	beginMark = "<!-- figures: go run ./test/load -out FILE rewrites what follows -->\n"
	endMark   = "<!-- end of figures -->\n"
)

// unchanged is a change for rewriteDocument that changes nothing.
func unchanged(figures string) string { return figures }

// rewriteDocument replaces the text between the comments in a document.
func rewriteDocument(path string, change func(string) string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), beginMark)
	figures, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return fmt.Errorf("%s has no figures: %q followed by %q is missing", path, beginMark, endMark)
	}
	return os.WriteFile(path, []byte(before+beginMark+change(figures)+endMark+after), 0o644)
}
