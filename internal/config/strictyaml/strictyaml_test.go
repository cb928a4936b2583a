package strictyaml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// testKeys are the keys of a printer, as in the configuration of the exporter.
var testKeys = []Key{
	{Name: "name", Kind: String, Required: true},
	{Name: "url", Kind: Secret, Required: true},
	{Name: "url_file", Kind: Path},
	{Name: "authorization", Kind: Map, Keys: []Key{{Name: "type", Kind: Secret}, {Name: "credentials", Kind: Secret}, {Name: "credentials_file", Kind: Path}}},
	{Name: "basic_auth", Kind: Map, Keys: []Key{{Name: "username", Kind: Secret}, {Name: "password", Kind: Secret}}},
	{Name: "app_token", Kind: Secret},
	{Name: "app_token_file", Kind: Path},
	{Name: "interval", Kind: Duration},
	{Name: "timeout", Kind: Duration},
	{Name: "labels", Kind: StringMap, Form: "a mapping of label names to values ({site: lab})"},
	{Name: "tls_config", Kind: Map, Keys: []Key{{Name: "ca_file", Kind: Path}}},
	{Name: "proxy_url", Kind: Secret},
	{Name: "proxy_connect_header", Kind: ListMap, Form: "a mapping of header names to lists of values"},
}

// newTestSchema returns the schema of a file with these printers.
func newTestSchema() *Schema {
	defaults := []Key{{Name: "interval", Kind: Duration}, {Name: "timeout", Kind: Duration}}
	top := []Key{
		{Name: "defaults", Kind: Map, Keys: defaults},
		{Name: "printers", Kind: List, Keys: testKeys, Form: "a list of printers, each starting with a dash (- name: …)"},
		{Name: "printer_files", Kind: PathList, Form: "a list, even for one file ([printers.d/*.yaml])"},
	}
	return &Schema{
		Root:         Key{Kind: Map, Keys: top},
		Sections:     []Section{{"the top level", top}, {"defaults", defaults}, {"a printer", testKeys}},
		SecretDomain: "octoeverywhere.com",
		NoMergeKeys:  "put shared settings under defaults",
	}
}

// openAll checks a mapping and everything below it.
func openAll(d *Document, n *yaml.Node, keys []Key, path string) {
	m := d.Open(n, keys, path)
	for _, k := range keys {
		value := m.Value(k.Name)
		if value == nil {
			continue
		}
		for i, item := range value.Content {
			switch itemPath := fmt.Sprintf("%s[%d]", m.PathOf(k.Name), i); k.Kind {
			case List:
				openAll(d, Resolve(item), k.Keys, itemPath)
			case PathList:
				d.CheckString(Resolve(item), itemPath)
			}
		}
		if k.Kind == Map {
			openAll(d, value, k.Keys, m.PathOf(k.Name))
		}
	}
}

// errorCase is an invalid file and its errors as users see them.
type errorCase struct{ main, want string }

func testErrors(t *testing.T, cases map[string]errorCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			schema := newTestSchema()
			d := Parse("config.yaml", []byte(c.main), schema)
			if d.Root != nil {
				openAll(d, d.Root, schema.Root.Keys, "")
			}
			if !d.HasErrors() {
				t.Fatal("no error")
			}
			got := d.Errors().Error()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(got, "s3cretTok3n") || strings.Contains(got, "app-") {
				t.Error("a secret is shown")
			}
		})
	}
}
