package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/test/testkit"
)

// kindNames are the names of the kinds in the documentation.
var kindNames = map[strictyaml.Kind]string{
	strictyaml.String: "string", strictyaml.Secret: "secret", strictyaml.Path: "path", strictyaml.Duration: "duration",
	strictyaml.Bool: "boolean", strictyaml.Map: "mapping", strictyaml.StringMap: "mapping of strings",
	strictyaml.ListMap: "mapping of lists", strictyaml.List: "list of mappings", strictyaml.PathList: "list of paths",
}

// table is the Markdown of a list of keys. A key and the one that reads it from a file share a row.
func table(keys []strictyaml.Key) string {
	var b strings.Builder
	b.WriteString("| key | type | default | description |\n| --- | --- | --- | --- |\n")
	for _, k := range keys {
		if before, ok := strings.CutSuffix(k.Name, "_file"); ok && k.Doc == "Reads `"+before+"` from a file." {
			continue
		}
		name, doc := "`"+k.Name+"`", k.Doc
		if strictyaml.Find(keys, k.Name+"_file") != nil {
			name += ", `" + k.Name + "_file`"
			doc = strings.Replace(doc, ", or `"+k.Name+"_file`", "", 1)
		}
		def := k.Default
		if def != "" && !strings.HasPrefix(def, "`") {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, kindNames[k.Kind], def, doc)
	}
	return b.String()
}

// tableOf is the Markdown of a section's keys. The keys that a printer has exactly as defaults has them are only named.
func tableOf(s strictyaml.Section) string {
	if s.Title != "a printer" {
		return table(s.Keys)
	}
	var own []strictyaml.Key
	var inherited []string
	for _, k := range s.Keys {
		if d := strictyaml.Find(defaultKeys, k.Name); d != nil && d.Doc == k.Doc {
			inherited = append(inherited, "`"+k.Name+"`")
		} else {
			own = append(own, k)
		}
	}
	return table(own) + "\nThese override those of [defaults](#defaults): " + strings.Join(inherited, ", ") + ".\n"
}

func TestDocumentHasEveryKey(t *testing.T) {
	const path = "../../docs/configuration.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(old)
	for _, s := range sections {
		begin, end := "<!-- keys: "+s.Title+" -->\n", "<!-- end -->"
		before, rest, ok := strings.Cut(text, begin)
		_, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Fatalf("no generated section for the keys of %s", s.Title)
		}
		text = before + begin + tableOf(s) + end + after
	}
	testkit.Same(t, path, text)
}

// TestKeyTable checks that every row is complete, and that the sections it links to exist.
func TestKeyTable(t *testing.T) {
	document, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for i, k := range s.Keys {
			if kindNames[k.Kind] == "" || !strings.HasSuffix(k.Doc, ".") || (k.Kind == strictyaml.Map || k.Kind == strictyaml.List) != (k.Keys != nil) ||
				(k.Kind > strictyaml.Map) != (k.Form != "") {
				t.Errorf("%s.%s is incomplete", s.Title, k.Name)
			}
			if strictyaml.Find(s.Keys, k.Name) != &s.Keys[i] {
				t.Errorf("%s.%s is in the table twice", s.Title, k.Name)
			}
			for _, anchor := range regexp.MustCompile(`\(#(\w+)\)`).FindAllStringSubmatch(k.Doc, -1) {
				if !regexp.MustCompile(`(?m)^##+ ` + anchor[1] + `$`).Match(document) {
					t.Errorf("%s.%s: there is no section %s", s.Title, k.Name, anchor[1])
				}
			}
		}
	}
}

// TestExampleIsComplete checks that the example is valid and has every key.
func TestExampleIsComplete(t *testing.T) {
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for _, k := range s.Keys {
			if !regexp.MustCompile(`(?m)(^|[ {(])` + k.Name + `:`).Match(example) {
				t.Errorf("%s.%s is not in the example", s.Title, k.Name)
			}
		}
	}
	files := map[string]string{"config.yaml": string(example), "printers.d/a.yaml": entry("", "mk4-17", "labels: {model: mk4}")}
	for _, file := range regexp.MustCompile(`secrets/[\w.-]+`).FindAllString(string(example), -1) {
		files[file] = "a-secret\n"
	}
	files["secrets/ca.pem"] = newAuthority(t).cert
	files["secrets/mk4-01.url"] = "https://app-1.octoeverywhere.com\n"
	c := mustLoad(t, files)
	var got []string
	for _, target := range c.Targets {
		got = append(got, target.Name)
	}
	if d := cmp.Diff([]string{"mk4-01", "mk4-02", "voron-01", "old-01", "ender-01", "mk4-17"}, got); d != "" {
		t.Error(d)
	}
	want := []string{`"old-01": insecure: plain http exposes credentials on the network`}
	if d := cmp.Diff(want, c.Warnings); d != "" {
		t.Error(d)
	}
}
