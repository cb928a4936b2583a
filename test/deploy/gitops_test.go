package deploy

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// delivery holds the fields that tests read of an Application of Argo CD, or of the objects of Flux.
type delivery struct {
	Kind string
	Spec struct {
		Values any // of Flux
		Source struct {
			Chart          string
			TargetRevision string `yaml:"targetRevision"`
			Helm           struct {
				ValuesObject any `yaml:"valuesObject"`
			}
		}
		URL string
		Ref struct{ Tag string }
	}
}

// deliveries returns the documented objects of Argo CD and Flux by kind, and their YAML.
func deliveries(t *testing.T) (all map[string]delivery, texts map[string]string) {
	t.Helper()
	all, texts = map[string]delivery{}, map[string]string{}
	for _, block := range yamlBlocks(t, kubernetesDocument) {
		if !strings.Contains(block, "argoproj.io/") && !strings.Contains(block, "fluxcd.io/") {
			continue
		}
		var d delivery
		if err := yaml.Unmarshal([]byte(block), &d); err != nil {
			t.Fatal(err)
		}
		all[d.Kind], texts[d.Kind] = d, block
	}
	if len(all) != 3 {
		t.Fatalf("the documentation has %d objects of Argo CD and Flux, want 3", len(all))
	}
	return all, texts
}

// deliveredValues writes the values in documented objects to files, by the name of the tool.
func deliveredValues(t *testing.T) map[string]string {
	t.Helper()
	all, _ := deliveries(t)
	files := map[string]string{}
	for name, values := range map[string]any{
		"argocd": all["Application"].Spec.Source.Helm.ValuesObject, "flux": all["HelmRelease"].Spec.Values,
	} {
		text, err := yaml.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = writeFile(t, t.TempDir(), "values.yaml", string(text))
	}
	return files
}

// TestDeliveriesRenderTheChart: the chart renders with the documented values of Argo CD and Flux, monitor and rules included, and both
// name the same version, that of the chart.
func TestDeliveriesRenderTheChart(t *testing.T) {
	for name, file := range deliveredValues(t) {
		rendered := render(t, "octoeverywhere", "-f", file)
		for _, want := range []string{"\nkind: ServiceMonitor\n", "\nkind: PrometheusRule\n", "octoeverywhere-config", "registry.example/octoeverywhere_exporter:"} {
			if !strings.Contains(rendered, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
	all, _ := deliveries(t)
	application, source := all["Application"].Spec.Source, all["OCIRepository"].Spec
	if !strings.HasSuffix(source.URL, "/charts/"+application.Chart) || application.TargetRevision != source.Ref.Tag ||
		!strings.Contains(readFile(t, chart+"/Chart.yaml"), "\nversion: "+source.Ref.Tag+"\n") {
		t.Errorf("Argo CD takes %s %s, Flux %s %s", application.Chart, application.TargetRevision, source.URL, source.Ref.Tag)
	}
}

// TestDocumentedAlloy: it scrapes as the shipped Prometheus configuration does.
func TestDocumentedAlloy(t *testing.T) {
	_, text, _ := strings.Cut(readFile(t, "../docs/deployment.md"), "```alloy\n")
	text, _, found := strings.Cut(text, "```")
	if !found || strings.Count(text, "{") != strings.Count(text, "}") {
		t.Fatalf("no configuration of Alloy, or a broken one:\n%s", text)
	}
	var config struct {
		Global struct {
			Interval string `yaml:"scrape_interval"`
		}
		Scrapes []struct {
			Job     string                       `yaml:"job_name"`
			Timeout string                       `yaml:"scrape_timeout"`
			Static  []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal([]byte(readFile(t, "prometheus/prometheus.yml")), &config); err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(text), " ")
	for key, value := range map[string]string{
		"\"__address__\"": config.Scrapes[0].Static[0].Targets[0], "job_name": config.Scrapes[0].Job,
		"scrape_interval": config.Global.Interval, "scrape_timeout": config.Scrapes[0].Timeout,
	} {
		if !strings.Contains(plain, key+" = \""+value+"\"") {
			t.Errorf("%s is not %s", key, value)
		}
	}
}
