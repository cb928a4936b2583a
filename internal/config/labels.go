package config

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

var labelForm = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// The labels that cannot be configured.
var (
	exporterLabels   = []string{"api", "code", "edge", "kind", "layer", "outcome", "phase", "platform_version", "printer", "reason", "sensor", "state"}
	prometheusLabels = map[string]string{
		"le":       "Prometheus uses it for histogram buckets",
		"quantile": "Prometheus uses it for summary quantiles",
		"instance": "Prometheus sets it when scraping",
		"job":      "Prometheus sets it when scraping",
	}
)

// ReservedLabels returns the labels of the metrics of printers, requests and edges, sorted. They cannot be configured.
func ReservedLabels() []string { return slices.Clone(exporterLabels) }

// labels returns the labels that m sets, merged with defaults.
func (l *loader) labels(m strictyaml.Mapping, defaults map[string]string) map[string]string {
	n := m.Value(keyLabels)
	if n == nil || n.Kind != yaml.MappingNode {
		return defaults
	}
	merged, path := maps.Clone(defaults), m.PathOf(keyLabels)
	if merged == nil {
		merged = map[string]string{}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], strictyaml.Resolve(n.Content[i+1])
		text, ok := l.labelValue(m.Doc, name, value, path)
		switch problem := labelProblem(name); {
		case problem != "":
			m.Doc.Errorf(name, path, "%s", problem)
		case seen[name.Value]:
			m.Doc.Errorf(name, path, "duplicate label %s", name.Value)
		case ok:
			merged[name.Value] = text
		}
		seen[name.Value] = true
	}
	return merged
}

// CheckLabel returns why a label cannot have this name, nil if it can.
func CheckLabel(name string) error {
	if problem := labelProblem(&yaml.Node{Kind: yaml.ScalarNode, Value: name}); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// labelProblem returns why a label cannot have this name, "" if it can.
func labelProblem(n *yaml.Node) string {
	name := n.Value
	switch {
	case n.Kind != yaml.ScalarNode || !labelForm.MatchString(name):
		return Quote(name) + " is not a valid label name; use letters, digits and underscores, and do not start with a digit"
	case strings.HasPrefix(name, "__"):
		return Quote(name) + " is reserved: Prometheus uses names that start with __ internally"
	case slices.Contains(exporterLabels, name):
		return Quote(name) + " is reserved: the exporter sets this label itself; use another name"
	case prometheusLabels[name] != "":
		return Quote(name) + " is reserved: " + prometheusLabels[name]
	}
	return ""
}

func (l *loader) labelValue(d *strictyaml.Document, name, value *yaml.Node, path string) (text string, ok bool) {
	if mainFile.IsPrintable(name.Value) {
		path += "." + name.Value
	}
	switch {
	case strictyaml.IsNull(value):
		d.Errorf(name, path, "has no value; set one (\"\" for an empty label) or remove the label")
		return "", false
	case value.Kind == yaml.ScalarNode && value.Value == "":
		return "", true
	}
	l.warnOfVariable(d, value, path)
	return value.Value, d.CheckString(value, path) // YAML is UTF-8, and so is the value
}

// Quote returns text in quotes, or <secret> if it looks like an address or a token.
func Quote(text string) string { return mainFile.Quote(text) }
