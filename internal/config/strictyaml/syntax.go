package strictyaml

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// constantText matches the messages of the YAML parser that quote nothing. Any other may contain text of the file.
var constantText = regexp.MustCompile(`^(?:[A-Za-z<> -]|'[]},:>-]')+$`)

// advice replaces the parser's messages for common errors.
var advice = map[string]string{
	"mapping values are not allowed in this context": "a key is not allowed here; check the indentation, and quote values that contain \": \"",
	"found character that cannot start any token":    "a value that starts with this character must be quoted",
	"did not find expected key":                      "expected a key; check the indentation",
	"did not find expected '-' indicator":            "expected a list item that starts with a dash; check the indentation",
	"could not find expected ':'":                    "a key must be followed by a colon and a space",
	"found unexpected end of stream":                 "the quote that starts here is not closed",
}

// explain returns where and why the YAML parser stopped, without quoting the file.
func explain(e *yaml.LoadError, text lines) (yaml.Mark, string) {
	mark, start := e.Mark, e.ContextMark
	inScalar := strings.HasSuffix(e.ContextMsg, "scalar") || strings.HasSuffix(e.ContextMsg, "simple key")
	atEnd := mark.Line > len(text) || mark.Line == len(text) && mark.Column > len(text.runes(mark.Line))
	if start.Line > 0 && (inScalar || atEnd) {
		// Where a scalar or a list starts says more than where it should have ended.
		mark = start
	}
	what := "cannot be parsed from here on"
	switch more, known := advice[e.Message]; {
	case text.at(e.Mark) == '\t':
		what = "tab character; indent with spaces"
	case known:
		what = more
	case e.Stage == yaml.ComposerStage:
		what = "unknown alias (*name); if this is a value, quote it"
	case constantText.MatchString(e.Message):
		what = e.Message
	}
	if start.Line > 0 && start != mark && constantText.MatchString(e.ContextMsg) {
		what += fmt.Sprintf(" (%s that starts at %d:%d)", e.ContextMsg, start.Line, start.Column)
	}
	return mark, what
}
