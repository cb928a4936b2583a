package onboard

import (
	"strings"
	"testing"

	"octoeverywhere_exporter/probe"
)

func TestAppendEntries(t *testing.T) {
	entries := [][]string{{`- name: "new"`, `  url_file: "x.url"`}}
	for name, c := range map[string]struct{ old, want string }{
		"no file":          {"", newPrinterFile + "- name: \"new\"\n  url_file: \"x.url\"\n"},
		"only comments":    {"# none yet", "# none yet\n- name: \"new\"\n  url_file: \"x.url\"\n"},
		"plain":            {"- name: a\n", "- name: a\n- name: \"new\"\n  url_file: \"x.url\"\n"},
		"no line end":      {"- name: a", "- name: a\n- name: \"new\"\n  url_file: \"x.url\"\n"},
		"indented":         {"  - name: a\n # b\n\n", "  - name: a\n # b\n\n  - name: \"new\"\n    url_file: \"x.url\"\n"},
		"Windows":          {"- name: a\r\n", "- name: a\r\n- name: \"new\"\r\n  url_file: \"x.url\"\r\n"},
		"a document start": {"---\n- name: a # b\n", "---\n- name: a # b\n- name: \"new\"\n  url_file: \"x.url\"\n"},
		"anchors":          {"- &a {name: a}\n- {name: b, labels: *a}\n", "- &a {name: a}\n- {name: b, labels: *a}\n- name: \"new\"\n  url_file: \"x.url\"\n"},
		"a text of lines":  {"- name: a\n  x: |\n    b\n\n\n", "- name: a\n  x: |\n    b\n\n\n- name: \"new\"\n  url_file: \"x.url\"\n"},
	} {
		got, err := appendEntries([]byte(c.old), entries)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	for name, c := range map[string]struct{ old, want string }{
		"brackets":            {"[{name: a}]\n", "is a list in brackets"},
		"an empty list":       {"[]\n", "is a list in brackets"},
		"a mapping":           {"printers: []\n", "is not a list of printers"},
		"invalid YAML":        {"- {name: a\n", "is not valid YAML"},
		"two documents":       {"- name: a\n---\n- name: b\n", "is not valid YAML"},
		"an ended document":   {"- name: a\n...\n", "has an end"},
		"a text that is kept": {"- name: a\n  x: |+\n    b", "has an end"},
	} {
		if _, err := appendEntries([]byte(c.old), entries); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEntryRoundTrip checks that any name and label is read back unchanged.
func TestEntryRoundTrip(t *testing.T) {
	c := Connection{Address: probe.NewSecret("a"), Token: probe.NewSecret("b"), AppToken: probe.NewSecret("c")}
	for _, text := range []string{"mk4-01", "null", "1e3", `"quoted" 'too'`, "a: b # c", "Büro 2 – links \u2028 <&>", "[x]", "%y", "- z", "\a\x7f\u0085\ufeff\ufffe\U0010ffff", strings.Repeat("long ", 24)} {
		p := Printer{text, c, map[string]string{"on": text, "site": ""}}
		got, err := appendEntries(nil, [][]string{p.entry(func(suffix string) string { return text + suffix })})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		root, err := parseYAML(got)
		if err != nil {
			t.Fatal(err)
		}
		fields := root.Content[0].Content
		if fields[1].Value != text || fields[3].Value != text+".url" || fields[9].Content[1].Value != text || fields[9].Content[3].Value != "" {
			t.Errorf("%q is read back as %q, %q, %q", text, fields[1].Value, fields[3].Value, fields[9].Content[1].Value)
		}
	}
}

func TestFilePrefix(t *testing.T) {
	for name, want := range map[string]string{
		"mk4-01":                "mk4-01",
		"P1S Halle 4":           "P1S-Halle-4",
		"../../etc/passwd":      "etc-passwd",
		".hidden":               "hidden",
		"-rf":                   "rf",
		"打印机":                   "printer",
		"Büro (links)":          "B-ro-links",
		strings.Repeat("a", 99): strings.Repeat("a", 64),
	} {
		if got := filePrefix(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	existing := map[string]bool{"a.url": true, "a-2.app-token": true}
	if got := uniquePrefix("a", func(f string) bool { return existing[f] }); got != "a-3" {
		t.Error(got)
	}
}

// FuzzAppendEntries checks that the old text is kept byte for byte, and that the entry follows it.
func FuzzAppendEntries(f *testing.F) {
	for _, old := range []string{"", "# a", "- a: b\n", "  - a: |\n      b\n\n", "---\n- a\n...\n", "- &a b\n- *a", "- a\r\n", "[a]", "- \"a\n", "? a", "- a\n# b\n  - c"} {
		f.Add(old)
	}
	f.Fuzz(func(t *testing.T, old string) {
		got, err := appendEntries([]byte(old), [][]string{{`- name: "new"`, `  url_file: "x.url"`}})
		if err != nil {
			return
		}
		if !strings.HasPrefix(string(got), old) {
			t.Errorf("%q became %q", old, got)
		}
		root, err := parseYAML(got)
		if err != nil || root == nil || len(root.Content) == 0 {
			t.Fatalf("%q cannot be read: %v", got, err)
		}
		if last := root.Content[len(root.Content)-1]; len(last.Content) != 4 || last.Content[1].Value != "new" {
			t.Errorf("the last entry of %q differs", got)
		}
	})
}
