package deploy

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

const kubernetesDocument = "../docs/kubernetes.md"

// yamlBlocks returns the YAML code blocks of a document.
func yamlBlocks(t *testing.T, path string) (blocks []string) {
	t.Helper()
	for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(readFile(t, path), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestDocumentedValuesRender renders the chart with each example of values in the documentation.
func TestDocumentedValuesRender(t *testing.T) {
	testkit.Tool(t, "helm")
	var values map[string]any
	if err := yaml.Unmarshal([]byte(readFile(t, chart+"/values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	rendered := 0
	for _, block := range yamlBlocks(t, kubernetesDocument) {
		var example any
		if err := yaml.Unmarshal([]byte(block), &example); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		keys, ok := example.(map[string]any)
		if !ok || keys["kind"] != nil || !slices.ContainsFunc(slices.Collect(maps.Keys(keys)), func(k string) bool { _, ok := values[k]; return ok }) {
			continue
		}
		render(t, "default", "-f", writeFile(t, t.TempDir(), "values.yaml", block))
		rendered++
	}
	if rendered < 5 {
		t.Errorf("found only %d examples of values: does this test still match them?", rendered)
	}
}

// TestDocumentedOverlay builds the overlay in the documentation: its files and its image replace those of the base.
func TestDocumentedOverlay(t *testing.T) {
	blocks := yamlBlocks(t, kubernetesDocument)
	i := slices.IndexFunc(blocks, func(b string) bool { return strings.Contains(b, "kind: Kustomization") })
	if i < 0 {
		t.Fatal("the documentation has no overlay")
	}
	dir := documentedOverlay(t, blocks[i])
	want := map[string]string{"config.yaml": "printers: []\n", "mk4-01.token": "token\n"}
	for name, text := range want {
		writeFile(t, dir, name, text)
	}
	built := runTool(t, "kubectl", "kustomize", dir)
	got := map[string]string{}
	for name, data := range findObject(t, built, "Secret", "octoeverywhere-exporter-config").Data {
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
		t.Error("the overlay does not replace the image")
	}
}

// documentedOverlay writes a kustomization of the documentation to a folder, with the path of the manifests.
func documentedOverlay(t *testing.T, kustomization string) (dir string) {
	t.Helper()
	dir, base := pathToManifests(t)
	writeFile(t, dir, "kustomization.yaml", strings.ReplaceAll(kustomization, "../octoeverywhere_exporter/deploy/kubernetes", base))
	return dir
}

// TestDocumentedComponents builds the manifests with the components in the documentation, which label objects for the Prometheus
// Operator and change the number of shards at both places.
func TestDocumentedComponents(t *testing.T) {
	const head = "resources: [../octoeverywhere_exporter/deploy/kubernetes]\n"
	built := map[string]string{}
	for _, block := range yamlBlocks(t, kubernetesDocument) {
		if strings.HasPrefix(block, "components:") {
			out := runTool(t, "kubectl", "kustomize", documentedOverlay(t, head+block))
			for _, kind := range []string{"ServiceMonitor", "PersistentVolumeClaim", "StatefulSet"} {
				if strings.Contains(out, "\nkind: "+kind+"\n") {
					built[kind] = out
				}
			}
		}
	}
	if len(built) != 3 {
		t.Fatalf("the documentation has components with %d kinds of objects, want 3", len(built))
	}
	for _, o := range objects(t, built["ServiceMonitor"]) {
		if slices.Contains([]string{"ServiceMonitor", "PrometheusRule"}, o.Kind) != (o.Metadata.Labels["release"] != "") {
			t.Errorf("%s %s: labels %v", o.Kind, o.Metadata.Name, o.Metadata.Labels)
		}
	}
	shards := findObject(t, built["StatefulSet"], "StatefulSet", "").Spec
	container := valueAt[[]any](t, shards, "template", "spec", "containers")[0].(map[string]any)
	total := map[string]any{"name": "OE_EXPORTER_SHARD_TOTAL", "value": fmt.Sprint(shards["replicas"])}
	if !slices.ContainsFunc(valueAt[[]any](t, container, "env"), func(e any) bool { return cmp.Equal(e, any(total)) }) || shards["replicas"] == 3 {
		t.Errorf("%v replicas, but the environment is %v", shards["replicas"], container["env"])
	}
}
