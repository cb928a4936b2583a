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

// ofHelm are lines that are wrong where Helm did not install.
var ofHelm = regexp.MustCompile(`(?m)^(---|# Source: .*|\s+helm\.sh/chart: .*|\s+app\.kubernetes\.io/managed-by: .*)\n`)

// TestManifestsAreTheChart compares kubernetes/ with the chart, rendered with its defaults. The Secret is made by
// kustomize of a file that is the user's, and says the same.
func TestManifestsAreTheChart(t *testing.T) {
	tool(t, "helm")
	files := map[string]string{
		"Deployment": "deployment.yaml", "NetworkPolicy": "networkpolicy.yaml", "Service": "service.yaml", "ServiceAccount": "serviceaccount.yaml",
	}
	for _, name := range files {
		testkit.Same(t, manifests+"/"+name, ofHelm.ReplaceAllString(render(t, "octoeverywhere", "--show-only=templates/"+name), ""))
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
		t.Errorf("the chart's defaults are of other kinds:\n%s", d)
	}
}

// TestKustomizationHasWhatTheChartHas: the same objects with the same names and the same configuration.
func TestKustomizationHasWhatTheChartHas(t *testing.T) {
	built, rendered := run(t, "kubectl", "kustomize", manifests), render(t, "octoeverywhere")
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

	var ours, theirs any
	for text, into := range map[string]*any{built: &ours, rendered: &theirs} {
		if err := yaml.Unmarshal([]byte(configuration(t, only(t, text, "Secret", "-config"))), into); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(theirs, ours); d != "" {
		t.Errorf("%s/config.yaml is not the chart's configuration:\n%s", manifests, d)
	}
	for _, kind := range []string{"Deployment", "Service", "NetworkPolicy"} {
		if d := cmp.Diff(only(t, rendered, kind, "").Spec, only(t, built, kind, "").Spec); d != "" {
			t.Errorf("%s: %s", kind, d)
		}
	}
}
