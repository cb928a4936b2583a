package deploy

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

const manifests = "kubernetes"

// helmOnlyLines matches lines that apply only to installations with Helm.
var helmOnlyLines = regexp.MustCompile(`(?m)^(---|# Source: .*|\s+helm\.sh/chart: .*|\s+app\.kubernetes\.io/managed-by: .*)\n`)

// TestManifestsMatchChart compares kubernetes/ with the chart rendered with its defaults. Only the Secret differs: kustomize
// generates it.
func TestManifestsMatchChart(t *testing.T) {
	testkit.Tool(t, "helm")
	files := map[string]string{
		"Deployment": "deployment.yaml", "NetworkPolicy": "networkpolicy.yaml", "Service": "service.yaml", "ServiceAccount": "serviceaccount.yaml",
	}
	for _, name := range files {
		testkit.Same(t, manifests+"/"+name, helmOnlyLines.ReplaceAllString(render(t, "octoeverywhere", "--show-only=templates/"+name), ""))
	}

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

// TestKustomizationMatchesChart: the same objects with the same names and the same configuration.
func TestKustomizationMatchesChart(t *testing.T) {
	built, rendered := runTool(t, "kubectl", "kustomize", manifests), render(t, "octoeverywhere")
	names := func(text string) (all []string) {
		for _, o := range objects(t, text) {
			all = append(all, o.Kind+" "+o.Metadata.Name)
		}
		slices.Sort(all)
		return all
	}
	want := append(names(rendered), "Namespace octoeverywhere")
	slices.Sort(want)
	if d := cmp.Diff(want, names(built)); d != "" {
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
	for _, kind := range []string{"Deployment", "Service", "NetworkPolicy"} {
		if d := cmp.Diff(findObject(t, rendered, kind, "").Spec, findObject(t, built, kind, "").Spec); d != "" {
			t.Errorf("%s: %s", kind, d)
		}
	}
}
