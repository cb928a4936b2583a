package deploy

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The rule files that users load.
const (
	recordingRules = "prometheus/recording.rules.yml"
	alertRules     = "prometheus/alerts.rules.yml"
)

// rule is a recording rule or an alert.
type rule struct {
	Record        string `yaml:"record"`
	Alert         string `yaml:"alert"`
	Expr          string `yaml:"expr"`
	For           string `yaml:"for"`
	KeepFiringFor string `yaml:"keep_firing_for"`
	Labels        struct {
		Severity string `yaml:"severity"`
		Cause    string `yaml:"cause"`
	} `yaml:"labels"`
	Annotations annotations `yaml:"annotations"`

	Comment string `yaml:"-"` // the comment above the rule
}

type annotations struct {
	Summary      string `yaml:"summary"`
	Description  string `yaml:"description"`
	RunbookURL   string `yaml:"runbook_url"`
	DashboardURL string `yaml:"dashboard_url"`
}

type group struct {
	Name     string `yaml:"name"`
	Interval string `yaml:"interval"`
	Rules    []rule `yaml:"rules"`

	Comment string `yaml:"-"`
}

// groups reads the groups of a rule file, and their comments.
func groups(t *testing.T, path string) []group {
	t.Helper()
	text := []byte(readFile(t, path))
	var file struct {
		Groups []group `yaml:"groups"`
	}
	if err := yaml.Load(text, &file, yaml.WithKnownFields()); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var document yaml.Node
	if err := yaml.Load(text, &document); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for i, g := range child(document.Content[0], "groups").Content {
		file.Groups[i].Comment = comment(g)
		for j, r := range child(g, "rules").Content {
			file.Groups[i].Rules[j].Comment = comment(r)
		}
	}
	return file.Groups
}

// child returns the value of a key.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// comment returns the comment above a list entry as one line.
func comment(n *yaml.Node) string {
	head := cmp.Or(n.HeadComment, n.Content[0].HeadComment)
	lines := strings.Split(head, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(l, "#"))
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

// rules returns all rules of files.
func rules(t *testing.T, paths ...string) (all []rule) {
	t.Helper()
	for _, p := range paths {
		for _, g := range groups(t, p) {
			all = append(all, g.Rules...)
		}
	}
	return all
}

// perPrinter reports whether an alert fires per printer.
func (r rule) perPrinter() bool { return strings.Contains(r.Annotations.Summary, "$labels.printer") }

// alertNames returns the names of all alerts, sorted.
func alertNames(t *testing.T) (names []string) {
	t.Helper()
	for _, r := range rules(t, alertRules) {
		names = append(names, r.Alert)
	}
	slices.Sort(names)
	return names
}
