package config

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var labelForm = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// The labels that cannot be configured.
var (
	ourLabels = []string{"api", "code", "edge", "layer", "phase", "platform_version", "printer", "reason", "sensor", "state"}
	itsLabels = map[string]string{
		"le":       "Prometheus names the buckets of histograms with it",
		"quantile": "Prometheus names the quantiles of summaries with it",
		"instance": "the Prometheus server that scrapes sets it",
		"job":      "the Prometheus server that scrapes sets it",
	}
)

// labels gives the labels of a block, added to those of outer.
func (b block) labels(outer map[string]string) map[string]string {
	n := b.value(keyLabels)
	if n == nil || n.Kind != yaml.MappingNode {
		return outer
	}
	all, path := maps.Clone(outer), b.pathOf(keyLabels)
	if all == nil {
		all = map[string]string{}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], resolve(n.Content[i+1])
		text, ok := b.in.labelValue(name, value, path)
		switch problem := labelProblem(name); {
		case problem != "":
			b.in.mistake(name, path, "%s", problem)
		case seen[name.Value]:
			b.in.mistake(name, path, "the label %s stands here for the second time", name.Value)
		case ok:
			all[name.Value] = text
		}
		seen[name.Value] = true
	}
	return all
}

// CheckLabel says why a label cannot have this name; nil if it can.
func CheckLabel(name string) error {
	if problem := labelProblem(&yaml.Node{Kind: yaml.ScalarNode, Value: name}); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// labelProblem says why a label cannot have this name, "" if it can.
func labelProblem(n *yaml.Node) string {
	name := n.Value
	switch {
	case n.Kind != yaml.ScalarNode || !labelForm.MatchString(name):
		return shown(name) + " is no label name: letters, digits and underscores, no digit first"
	case strings.HasPrefix(name, "__"):
		return shown(name) + " is no label name to be used: Prometheus keeps those that begin with __ to itself"
	case slices.Contains(ourLabels, name):
		return shown(name) + " is a label of the exporter's own; take another name"
	case itsLabels[name] != "":
		return shown(name) + " cannot be configured: " + itsLabels[name]
	}
	return ""
}

func (d *document) labelValue(name, value *yaml.Node, path string) (text string, ok bool) {
	if showable(name.Value) {
		path += "." + name.Value
	}
	switch {
	case isNull(value):
		d.mistake(name, path, "has no value; write one, \"\" if it is to be empty, or take the label away")
		return "", false
	case value.Kind == yaml.ScalarNode && value.Value == "":
		return "", true
	}
	return value.Value, d.isText(value, path) // YAML is UTF-8, and so is the value
}

// Shown is a text in quotes, or what stands for it if it may not be shown: it has the form of an address or of a token.
func Shown(text string) string { return shown(text) }

func shown(text string) string {
	if !showable(text) {
		return hidden
	}
	return `"` + text + `"`
}
