package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// runbookSections are the headings of each runbook.
var runbookSections = []string{"Summary", "Impact", "Check", "Fix", "Silence"}

// runbookHead returns the generated beginning of an alert's runbook.
func runbookHead(r rule) string {
	return fmt.Sprintf("# %s\n\nSeverity: %s. [All alerts](../alerting.md#all-alerts)\n\n## Summary\n", r.Alert, r.Labels.Severity)
}

// TestRunbooks: each alert has a runbook, with the generated beginning and something under each heading, and there
// is no other runbook.
func TestRunbooks(t *testing.T) {
	var want []string
	for _, r := range rules(t, alertRules) {
		name := r.Alert + ".md"
		want = append(want, name)
		if r.Annotations.RunbookURL != "" {
			t.Errorf("%s: runbook_url is %s, which only users know", r.Alert, r.Annotations.RunbookURL)
		}
		text, err := os.ReadFile("../docs/runbooks/" + name)
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasPrefix(string(text), runbookHead(r)) {
			t.Errorf("%s does not begin with:\n%s", name, runbookHead(r))
		}
		var headings []string
		for _, section := range strings.Split(string(text), "\n## ")[1:] {
			heading, content, _ := strings.Cut(section, "\n")
			headings = append(headings, heading)
			if strings.TrimSpace(content) == "" {
				t.Errorf("%s: nothing under %s", name, heading)
			}
		}
		if !slices.Equal(headings, runbookSections) {
			t.Errorf("%s: headings %q, want %q", name, headings, runbookSections)
		}
	}
	files, err := filepath.Glob("../docs/runbooks/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(want, filepath.Base(f)) {
			t.Errorf("%s belongs to no alert", f)
		}
	}
}
