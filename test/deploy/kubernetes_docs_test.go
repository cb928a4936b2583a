package deploy

import (
	"encoding/base64"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

const aboutKubernetes = "../docs/kubernetes.md"

// yamlBlocks are the examples in a document.
func yamlBlocks(t *testing.T, path string) (blocks []string) {
	t.Helper()
	for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(read(t, path), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestDocumentedValuesAreTaken renders the examples of values in the documentation.
func TestDocumentedValuesAreTaken(t *testing.T) {
	tool(t, "helm")
	var values map[string]any
	if err := yaml.Unmarshal([]byte(read(t, chart+"/values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, block := range yamlBlocks(t, aboutKubernetes) {
		var example any
		if err := yaml.Unmarshal([]byte(block), &example); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		keys, ok := example.(map[string]any)
		if !ok || keys["kind"] != nil || !slices.ContainsFunc(slices.Collect(maps.Keys(keys)), func(k string) bool { _, ok := values[k]; return ok }) {
			continue
		}
		render(t, "default", "-f", write(t, t.TempDir(), "values.yaml", block))
		taken++
	}
	if taken < 5 {
		t.Errorf("only %d examples are of values: does this test still see them?", taken)
	}
}

// TestDocumentedOverlay builds the folder of one's own in the documentation: files and image are the user's, the rest is ours.
func TestDocumentedOverlay(t *testing.T) {
	blocks := yamlBlocks(t, aboutKubernetes)
	i := slices.IndexFunc(blocks, func(b string) bool { return strings.Contains(b, "kind: Kustomization") })
	if i < 0 {
		t.Fatal("there is no overlay in the documentation")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Rel(dir, filepath.Join(here, manifests))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "kustomization.yaml", strings.Replace(blocks[i], "../octoeverywhere_exporter/deploy/kubernetes", base, 1))
	want := map[string]string{"config.yaml": "printers: []\n", "mk4-01.token": "token\n"}
	for name, text := range want {
		write(t, dir, name, text)
	}
	built := run(t, "kubectl", "kustomize", dir)
	got := map[string]string{}
	for name, data := range only(t, built, "Secret", "octoeverywhere-exporter-config").Data {
		text, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(built, "image: registry.example/octoeverywhere_exporter:") {
		t.Error("the image is not the user's")
	}
}
