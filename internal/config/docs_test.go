package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// kindNames are what the documentation calls the kinds.
var kindNames = map[kind]string{
	word: "text", secret: "text, hidden", filePath: "path", duration: "duration", boolean: "`true` or `false`", mapping: "keys",
	labels: "label names and texts", headers: "header names and lists of texts", entries: "list of keys", patterns: "list of paths",
}

// table is the Markdown of a list of keys.
func table(keys []key) string {
	var b strings.Builder
	b.WriteString("| key | value | default | |\n| --- | --- | --- | --- |\n")
	for _, k := range keys {
		def := k.def
		if def != "" && !strings.HasPrefix(def, "`") {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.name, kindNames[k.kind], def, k.doc)
	}
	return b.String()
}

func TestDocumentHasEveryKey(t *testing.T) {
	const path = "../../docs/configuration.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(old)
	for _, s := range sections {
		begin, end := "<!-- keys: "+s.title+" -->\n", "<!-- end -->"
		before, rest, ok := strings.Cut(text, begin)
		_, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Fatalf("there is no place for the keys of %s", s.title)
		}
		text = before + begin + table(s.keys) + end + after
	}
	testkit.Same(t, path, text)
}

// TestTableIsSound: every row is filled in, and its section of the documentation is there.
func TestTableIsSound(t *testing.T) {
	document, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for i, k := range s.keys {
			if kindNames[k.kind] == "" || !strings.HasSuffix(k.doc, ".") || (k.kind == mapping || k.kind == entries) != (k.keys != nil) {
				t.Errorf("%s.%s is not filled in", s.title, k.name)
			}
			if find(s.keys, k.name) != &s.keys[i] {
				t.Errorf("%s.%s stands in the table twice", s.title, k.name)
			}
			for _, anchor := range regexp.MustCompile(`\(#(\w+)\)`).FindAllStringSubmatch(k.doc, -1) {
				if !regexp.MustCompile(`(?m)^##+ ` + anchor[1] + `$`).Match(document) {
					t.Errorf("%s.%s: there is no section %s", s.title, k.name, anchor[1])
				}
			}
		}
	}
}

// TestExampleIsComplete: it has no mistakes, and every key stands in it.
func TestExampleIsComplete(t *testing.T) {
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for _, k := range s.keys {
			if !regexp.MustCompile(`(?m)(^|[ {(])` + k.name + `:`).Match(example) {
				t.Errorf("%s.%s is not in the example", s.title, k.name)
			}
		}
	}
	files := map[string]string{"config.yaml": string(example), "printers.d/a.yaml": entry("", "mk4-17", "labels: {model: mk4}")}
	for _, file := range regexp.MustCompile(`secrets/[\w.-]+`).FindAllString(string(example), -1) {
		files[file] = "a-secret\n"
	}
	files["secrets/ca.pem"] = newAuthority(t).cert
	files["secrets/mk4-01.url"] = "https://app-1.octoeverywhere.com\n"
	c := good(t, files)
	var got []string
	for _, target := range c.Targets {
		got = append(got, target.Name)
	}
	if d := cmp.Diff([]string{"mk4-01", "mk4-02", "voron-01", "old-01", "mk4-17"}, got); d != "" {
		t.Error(d)
	}
	want := []string{`"old-01": insecure: the address is plain http, which shows credentials to everyone on the way`}
	if d := cmp.Diff(want, c.Warnings); d != "" {
		t.Error(d)
	}
}
