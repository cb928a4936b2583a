package config

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// constantText is the form of the YAML reader's own words. A message of another form can hold words of the file.
var constantText = regexp.MustCompile(`^(?:[A-Za-z<> -]|'[]},:>-]')+$`)

// advice says more about what people meet most.
var advice = map[string]string{
	"mapping values are not allowed in this context": "a key cannot stand here; is the indentation right, or does a text with \": \" in it lack quotes?",
	"found character that cannot start any token":    "a text that begins with such a character needs quotes",
	"did not find expected key":                      "a key should stand here; is the indentation right?",
	"did not find expected '-' indicator":            "a list item should stand here, with a dash; is the indentation right?",
	"could not find expected ':'":                    "a key needs a colon and a blank behind it",
	"found unexpected end of stream":                 "the quotes that begin here do not end",
}

// explain says where and why the YAML reader stopped, without a word of the file.
func explain(e *yaml.LoadError, text lines) (yaml.Mark, string) {
	mark, began := e.Mark, e.ContextMark
	inText := strings.HasSuffix(e.ContextMsg, "scalar") || strings.HasSuffix(e.ContextMsg, "simple key")
	atEnd := mark.Line > len(text) || mark.Line == len(text) && mark.Column > len(text.runes(mark.Line))
	if began.Line > 0 && (inText || atEnd) {
		// Where a text or a list begins is more telling than where it should have ended.
		mark = began
	}
	what := "it cannot be read from here on"
	switch more, known := advice[e.Message]; {
	case text.at(e.Mark) == '\t':
		what = "a tab stands here; indent with blanks"
	case known:
		what = more
	case e.Stage == yaml.ComposerStage:
		what = "an alias (*name) stands for an anchor (&name) that is not there; is it a text that needs quotes?"
	case constantText.MatchString(e.Message):
		what = e.Message
	}
	if began.Line > 0 && began != mark && constantText.MatchString(e.ContextMsg) {
		what += fmt.Sprintf(" (%s that begins at %d:%d)", e.ContextMsg, began.Line, began.Column)
	}
	return mark, what
}
