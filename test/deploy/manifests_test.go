package deploy

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

const manifests = "kubernetes"

// helmOnlyLines matches lines that apply only to installations with Helm, which creates objects in a namespace.
var helmOnlyLines = regexp.MustCompile(`(?m)^(# Source: .*|\s+helm\.sh/chart: .*|\s+app\.kubernetes\.io/managed-by: .*|  namespace: "octoeverywhere")\n`)

// emptyEnds matches the empty lines that Helm 4 keeps at the end of an object.
var emptyEnds = regexp.MustCompile(`\s*\n(---\n|\z)`)

// TestManifestsMatchChart compares kubernetes/ with the chart rendered with its defaults. Only the Secret differs: kustomize
// generates it.
func TestManifestsMatchChart(t *testing.T) {
	testkit.Tool(t, "helm")
	files := map[string]string{
		"Deployment": "deployment.yaml", "Service": "service.yaml", "ServiceAccount": "serviceaccount.yaml",
	}
	same := func(folder, name string, args ...string) {
		t.Helper()
		rendered := render(t, "octoeverywhere", append(args, "--show-only=templates/"+name)...)
		text := strings.TrimPrefix(helmOnlyLines.ReplaceAllString(rendered, ""), "---\n")
		text = emptyEnds.ReplaceAllString(text, "\n$1")
		testkit.Same(t, manifests+folder+"/"+name, text)
	}
	for _, name := range files {
		same("", name)
	}
	for _, name := range []string{"statefulset.yaml", "service.yaml", "poddisruptionbudget.yaml"} {
		same("/components/shards", name, "--set=shards=3")
	}
	same("/components/networkpolicy", "networkpolicy.yaml", "--set=networkPolicy.enabled=true")
	for _, name := range []string{"monitor.yaml", "prometheusrule.yaml"} {
		same("/components/prometheus-operator", name, "--set=monitor.enabled=true,prometheusRule.enabled=true")
	}
	same("/components/persistence", "persistentvolumeclaim.yaml", "--set=persistence.enabled=true")

	kinds := slices.Sorted(maps.Keys(files))
	kinds = append(kinds, "Secret")
	slices.Sort(kinds)
	rendered := render(t, "octoeverywhere")
	var got []string
	for _, o := range objects(t, rendered) {
		got = append(got, o.Kind)
	}
	slices.Sort(got)
	if d := cmp.Diff(kinds, got); d != "" {
		t.Errorf("the chart renders other kinds by default:\n%s", d)
	}
}

// TestKustomizationMatchesChart: the same objects with the same names and the same configuration, for each combination of
// components and the values that mean the same.
func TestKustomizationMatchesChart(t *testing.T) {
	for what, c := range map[string]struct {
		components []string
		values     string
	}{
		"without components":            {nil, "shards=1"},
		"persistence":                   {[]string{"persistence"}, "persistence.enabled=true"},
		"network policy":                {[]string{"networkpolicy"}, "networkPolicy.enabled=true"},
		"Prometheus Operator":           {[]string{"prometheus-operator"}, "monitor.enabled=true,prometheusRule.enabled=true"},
		"shards":                        {[]string{"shards"}, "shards=3"},
		"shards with persistence, each": {[]string{"shards", "shards-persistence"}, "shards=3,persistence.enabled=true"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			compareWithChart(t, runTool(t, "kubectl", "kustomize", overlay(t, "octoeverywhere", c.components...)), render(t, "octoeverywhere", "--set="+c.values))
		})
	}
}

// overlay returns a folder with a kustomization of the manifests with components, in a namespace.
func overlay(t *testing.T, namespace string, components ...string) string {
	t.Helper()
	dir, base := pathToManifests(t)
	text := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: " + namespace + "\nresources: [" + base + "]\ncomponents:\n"
	for _, c := range components {
		text += "  - " + base + "/components/" + c + "\n"
	}
	writeFile(t, dir, "kustomization.yaml", text)
	return dir
}

// pathToManifests returns a new folder, and the path of the manifests from there: kustomize refuses absolute paths.
func pathToManifests(t *testing.T) (dir, base string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	base, err = filepath.Abs(manifests)
	if err != nil {
		t.Fatal(err)
	}
	base, err = filepath.Rel(dir, base)
	if err != nil {
		t.Fatal(err)
	}
	return dir, base
}

// compareWithChart compares objects built by kustomize with those rendered by Helm.
func compareWithChart(t *testing.T, built, rendered string) {
	t.Helper()
	names := func(text string) (all []string) {
		for _, o := range objects(t, text) {
			all = append(all, o.Kind+" "+o.Metadata.Name)
		}
		slices.Sort(all)
		return all
	}
	if d := cmp.Diff(names(rendered), names(built)); d != "" {
		t.Error(d)
	}

	var kustomized, charted any
	for text, into := range map[string]*any{built: &kustomized, rendered: &charted} {
		if err := yaml.Unmarshal([]byte(configuration(t, findObject(t, text, "Secret", "-config"))), into); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(charted, kustomized); d != "" {
		t.Errorf("%s/config.yaml differs from the chart's configuration:\n%s", manifests, d)
	}
	anyOrder := cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) }) // patches reorder lists
	for _, o := range objects(t, rendered) {
		if d := cmp.Diff(o.Spec, findObject(t, built, o.Kind, o.Metadata.Name).Spec, anyOrder); d != "" {
			t.Errorf("%s: %s", o.Kind, d)
		}
	}
}
