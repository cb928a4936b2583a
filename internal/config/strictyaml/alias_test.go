package strictyaml

import (
	"fmt"
	"strings"
	"testing"
)

func TestAliasesOfAliases(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"an alias that contains itself": {
			main: "printers: &all\n  - *all\n",
			want: `config.yaml:2:5: this alias contains itself; write the value out
      - <secret>
        ^`,
		},
		"an alias that contains itself by way of another": {
			main: "printers:\n  - &a {name: x, labels: {y: &b [*a]}}\n  - *b\n",
			want: `config.yaml:2:34: this alias contains itself; write the value out
      - <secret>`,
		},
		"the same mistake at several aliases": {
			main: "printers:\n  - {name: a, authorization: &a {typ: Bearer}}\n  - {name: b, authorization: *a}\n  - {name: c, authorization: *a}\n",
			want: `config.yaml:2:34: printers[0].authorization: unknown key "typ"; did you mean "type"?
      - {name: a, authorization: {typ: <secret>}}
                                  ^`,
		},
	})
}

// TestAliasesAreBounded: a file of 40 kB with lists of lists, or with a large mapping in each of thousands of entries, is refused
// at the alias that is too many. Following them would take minutes.
func TestAliasesAreBounded(t *testing.T) {
	lists := "l0: &l0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 60 {
		lists += fmt.Sprintf("l%d: &l%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d, ", i), 9), ", "))
	}
	entries := "printers:\n  - &a {" + strings.Repeat("k: 1, ", 2000) + "}\n" + strings.Repeat("  - *a\n", 4000)
	for text, position := range map[string]string{lists: "config.yaml:4:", entries: "config.yaml:"} {
		d := Parse("config.yaml", []byte(text), newTestSchema())
		if d.Root != nil || !d.HasErrors() {
			t.Fatal("no error")
		}
		if got := d.Errors(); len(got) != 1 || !strings.HasPrefix(got.Error(), position) || !strings.Contains(got.Error(), ": from this alias on, aliases repeat more than 10 times what is written") {
			t.Error(got)
		}
	}
}

// TestSharedSettingsAreNotBounded: thousands of printers with the same settings.
func TestSharedSettingsAreNotBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("printers:\n  - {name: first, url: u, labels: &l {a: b, c: d, e: f, g: h, i: j}, tls_config: &t {ca_file: ca.pem}}\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "  - {name: n%d, url: u, labels: *l, tls_config: *t}\n", i)
	}
	schema := newTestSchema()
	d := Parse("config.yaml", []byte(b.String()), schema)
	if d.HasErrors() {
		t.Fatal(d.Errors())
	}
	openAll(d, d.Root, schema.Root.Keys, "")
	if d.HasErrors() {
		t.Error(d.Errors()[0])
	}
}
