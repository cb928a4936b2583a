package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRewriteDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "performance.md")
	document := func(figures string) string {
		return "# Cost\n\n" + beginMark + figures + endMark + "\nMore.\n"
	}
	for _, step := range []struct{ before, after string }{{"old\n", "new\n"}, {"new\n", "newer\n"}, {"", "| a |\n"}} {
		if err := os.WriteFile(path, []byte(document(step.before)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := rewriteDocument(path, func(figures string) string {
			if figures != step.before {
				t.Errorf("the figures are %q", figures)
			}
			return step.after
		}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if diff := cmp.Diff(document(step.after), string(got)); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
}

func TestDocumentWithoutMarksIsUnchanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.md")
	for _, text := range []string{"", "# Other\n", beginMark, endMark, endMark + beginMark} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := rewriteDocument(path, func(string) string { return "new" })
		if err == nil || !strings.Contains(err.Error(), "has no figures") {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := os.ReadFile(path); string(got) != text || err != nil {
			t.Errorf("%q has become %q: %v", text, got, err)
		}
	}
}

// TestPerformanceDocument: the document in the repository can be rewritten.
func TestPerformanceDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/internals/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(text), beginMark)
	figures, _, ends := strings.Cut(rest, endMark)
	if !begins || !ends || !strings.Contains(figures, "| "+probeColumns[0].title+" | "+probeColumns[1].title+" |") {
		t.Errorf("no figures between the marks: %q", figures)
	}
}
