package web

import (
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/testkit"
)

// packageDocumentation is the text of the package documentation.
func packageDocumentation(t *testing.T) string {
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
	want := "# HTTP API\n\n<!-- Generated from the documentation of package web; \"go test ./internal/web -update\" rewrites it. -->\n\n" +
		strings.Replace(string(markdown.Markdown(p.Parse(packageDocumentation(t)))), "Package web serves the HTTP endpoints:", "The exporter serves these HTTP endpoints:", 1)
	testkit.Same(t, "../../docs/api.md", want)
}

// TestEveryNameOfTheAPIIsDocumented, because clients depend on the names.
func TestEveryNameOfTheAPIIsDocumented(t *testing.T) {
	text := packageDocumentation(t)
	has := func(name string) bool { return regexp.MustCompile(`\b` + name + `\b`).MatchString(text) }
	for _, object := range []any{
		api.Details{}, api.Printer{}, api.FaultKey{}, api.Fault{}, api.Layer{}, api.Connection{}, api.Print{}, api.Error{}, api.Change{}, api.Request{}, api.History{}, api.EndedPrint{}, api.FleetHistory{}, api.Hour{},
	} {
		for field := range reflect.TypeOf(object).Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && !has(name) {
				t.Errorf("%s of %T is not documented", name, object)
			}
		}
	}
	for f := probe.Field(1); f.Info().Field != 0; f++ {
		name := strings.Replace(f.Info().Name, "_target_celsius", "_celsius", 1)
		if !has(name) {
			t.Errorf("%s is not documented", f.Info().Name)
		}
	}
	for _, parameter := range []string{"q", "label", "layer", "reason", "sort", "page", "since", "until", "limit", layerAny, layerNone, layerSwitchedOff, layerDisabled, layerUnprobed} {
		if !has(parameter) {
			t.Errorf("%s is not documented", parameter)
		}
	}
	for _, c := range columns {
		if !has(c.sort) {
			t.Errorf("the order %s is not documented", c.sort)
		}
	}
}

// TestRoutesAreDocumented compares the routes with the package documentation, on which other tests rely.
func TestRoutesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile(`(GET|POST|PUT) (/\S*?)(?:[?,]\S*)?\s`).FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1]+" "+m[2])
	}
	o := shop().options()
	o.Pprof = true
	routes := []string{"GET /metrics"}
	for _, r := range (&site{Options: o}).routes() {
		path := strings.NewReplacer("{$}", "", "{name}", "NAME", "{file}", "FILE").Replace(r.pattern)
		if method, below, ok := strings.Cut(path, "/debug/pprof"); ok && below != "/" {
			path = method + "/debug/pprof/" // one for all of them
			if method == "POST " {
				continue
			}
		}
		routes = append(routes, path)
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if d := cmp.Diff(slices.Compact(routes), slices.Compact(documented)); d != "" {
		t.Errorf("routes and documentation differ: %s", d)
	}
}
