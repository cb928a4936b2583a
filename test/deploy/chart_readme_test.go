package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

// chartValue is a row of the table of values: a value with its default as code, or a group of values with a text and no default.
type chartValue struct{ path, initial, text string }

// chartValues returns the values in values.yaml with their comments.
func chartValues(t *testing.T) (all []chartValue) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(readFile(t, chart+"/values.yaml")), &document); err != nil {
		t.Fatal(err)
	}
	var walk func(mapping *yaml.Node, prefix string)
	walk = func(mapping *yaml.Node, prefix string) {
		for pair := range slices.Chunk(mapping.Content, 2) {
			key, value := pair[0], pair[1]
			path := prefix + key.Value
			text := joinComments(key.HeadComment, key.LineComment, value.LineComment)
			if value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle == 0 && path != "config" {
				if text != "" {
					all = append(all, chartValue{path, "", text})
				}
				walk(value, path+".")
				continue
			}
			all = append(all, chartValue{path, "`" + flow(t, value) + "`", text})
		}
	}
	walk(document.Content[0], "")
	return all
}

// joinComments joins comments to one line. Headings, and comments that are followed by an empty line, belong to no value.
func joinComments(comments ...string) string {
	var words []string
	for _, c := range comments {
		paragraphs := strings.Split(c, "\n\n")
		for line := range strings.Lines(paragraphs[len(paragraphs)-1]) {
			line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "#"))
			if !strings.HasPrefix(line, "----") {
				words = append(words, line)
			}
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// flow returns a value on one line.
func flow(t *testing.T, value *yaml.Node) string {
	t.Helper()
	var v any
	if err := value.Decode(&v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocumentOfValues compares the table of values in the chart's README with values.yaml.
func TestDocumentOfValues(t *testing.T) {
	const begin = "<!-- Generated from values.yaml by \"go test ./test/deploy -run Document -update\". -->\n"
	readme := chart + "/README.md"
	head, _, found := strings.Cut(readFile(t, readme), begin)
	if !found {
		t.Fatal("the README has no generated table")
	}
	b := &strings.Builder{}
	b.WriteString(head + begin + "\n| value | default | |\n| --- | --- | --- |\n")
	for _, v := range chartValues(t) {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", v.path, v.initial, strings.ReplaceAll(v.text, "|", `\|`))
	}
	testkit.Same(t, readme, b.String())
}

// TestValuesSchemaIsComplete: values.yaml and its schema have the same keys, at all levels of values.yaml. Only objects of Kubernetes
// have further keys.
func TestValuesSchemaIsComplete(t *testing.T) {
	var schema, values map[string]any
	for path, into := range map[string]*map[string]any{"/values.yaml": &values, "/values.schema.json": &schema} {
		if err := yaml.Unmarshal([]byte(readFile(t, chart+path)), into); err != nil {
			t.Fatal(err)
		}
	}
	delete(schema["properties"].(map[string]any), "enabled") // set by a parent chart
	delete(values, "config")                                 // TestChartAcceptsEveryConfigurationKey
	delete(schema["properties"].(map[string]any), "config")
	var compare func(path string, values, schema map[string]any)
	compare = func(path string, values, schema map[string]any) {
		properties, ok := schema["properties"].(map[string]any)
		if !ok { // any keys
			return
		}
		got, want := slices.Sorted(maps.Keys(properties)), slices.Sorted(maps.Keys(values))
		if len(want) > 0 && path != "dnsConfig." && path != "resources." { // an empty object stands for optional keys
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s", path, d)
			}
		}
		for key, value := range values {
			nested, _ := value.(map[string]any)
			property, _ := properties[key].(map[string]any)
			if schema["additionalProperties"] != false && path != "global." {
				t.Errorf("%s accepts unknown keys", path)
			}
			if nested != nil && property != nil {
				compare(path+key+".", nested, property)
			}
		}
	}
	compare("", values, schema)
}
