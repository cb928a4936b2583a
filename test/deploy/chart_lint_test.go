package deploy

import (
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v4"
)

// lintRules are those that chart-testing (ct lint) has yamllint check, its lintconf.yaml.
const lintRules = `
rules:
  braces: {min-spaces-inside: 0, max-spaces-inside: 0, min-spaces-inside-empty: -1, max-spaces-inside-empty: -1}
  brackets: {min-spaces-inside: 0, max-spaces-inside: 0, min-spaces-inside-empty: -1, max-spaces-inside-empty: -1}
  colons: {max-spaces-before: 0, max-spaces-after: 1}
  commas: {max-spaces-before: 0, min-spaces-after: 1, max-spaces-after: 1}
  comments: {require-starting-space: true, min-spaces-from-content: 2}
  document-end: disable
  document-start: disable
  empty-lines: {max: 2, max-start: 0, max-end: 0}
  hyphens: {max-spaces-after: 1}
  indentation: {spaces: consistent, indent-sequences: whatever, check-multi-line-strings: false}
  key-duplicates: enable
  line-length: disable
  new-line-at-end-of-file: enable
  new-lines: {type: unix}
  trailing-spaces: enable
  truthy: {level: error}
`

// TestChartFilesAreFormatted: yamllint accepts what ct lint would give it.
func TestChartFilesAreFormatted(t *testing.T) {
	examples, err := filepath.Glob(chart + "/ci/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal("no example values: ", err)
	}
	config := writeFile(t, t.TempDir(), "lintconf.yaml", lintRules)
	runTool(t, "yamllint", append([]string{"--strict", "--config-file", config, chart + "/Chart.yaml", chart + "/values.yaml"}, examples...)...)
}

// TestChartFileMatchesSchema: Chart.yaml has the fields that chart-testing's chart_schema.yaml allows, with their types. The release
// adds those that depend on who publishes it: home, sources, icon, maintainers.
func TestChartFileMatchesSchema(t *testing.T) {
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(readFile(t, chart+"/Chart.yaml")), &fields); err != nil {
		t.Fatal(err)
	}
	for _, required := range []string{"apiVersion", "name", "version", "appVersion", "description"} {
		if _, ok := fields[required].(string); !ok {
			t.Errorf("%s is %v, want a text", required, fields[required])
		}
	}
	for name, value := range fields {
		ok := false
		switch name {
		case "apiVersion", "name", "version", "appVersion", "description", "type", "kubeVersion":
			_, ok = value.(string)
		case "keywords":
			_, ok = value.([]any)
		case "annotations":
			ok = true
			for _, text := range value.(map[string]any) {
				if _, isText := text.(string); !isText {
					ok = false
				}
			}
		}
		if !ok {
			t.Errorf("%s: unknown field, or wrong type %T", name, value)
		}
	}
}
