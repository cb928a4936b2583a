package web

import (
	"go/doc/comment"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// documented is the text of the package documentation.
func documented(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	return file.Doc.Text()
}

// TestAPIDocumentIsUpToDate: docs/api.md is the package documentation.
func TestAPIDocumentIsUpToDate(t *testing.T) {
	var p comment.Parser
	markdown := &comment.Printer{HeadingLevel: 2, HeadingID: func(*comment.Heading) string { return "" }}
	want := "# Pages and JSON\n\n<!-- Made from the documentation of package web; \"go test ./internal/web -update\" rewrites it. -->\n\n" +
		strings.Replace(string(markdown.Markdown(p.Parse(documented(t)))), "Package web is what", "What", 1)
	testkit.Same(t, "../../docs/api.md", want)
}

// TestEveryNameOfTheAPIIsDocumented: they are a promise.
func TestEveryNameOfTheAPIIsDocumented(t *testing.T) {
	text := documented(t)
	has := func(name string) bool { return regexp.MustCompile(`\b` + name + `\b`).MatchString(text) }
	for _, object := range []any{apiOnePrinter{}, apiPrinter{}, apiVerdict{}, apiLayer{}, apiConnection{}, apiError{}, apiStood{}, apiStep{}} {
		for field := range reflect.TypeOf(object).Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && !has(name) {
				t.Errorf("%s of %T is not documented", name, object)
			}
		}
	}
	for _, n := range numbers {
		name := strings.Replace(n.name, "_target_celsius", "_celsius", 1)
		if !has(name) {
			t.Errorf("%s is not documented", n.name)
		}
	}
	for _, parameter := range []string{"q", "label", "layer", "reason", "sort", "page", anyFault, noFault, switchedOff, unasked} {
		if !has(parameter) {
			t.Errorf("%s is not documented", parameter)
		}
	}
	for _, w := range ways {
		if !has(w.name) {
			t.Errorf("the order %s is not documented", w.name)
		}
	}
}
