package deploy

import (
	"encoding/base64"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config"
)

const (
	chart = "helm/octoeverywhere-exporter"
	// kubernetesVersion is that of the API server in tools/kube-apiserver.
	kubernetesVersion = "1.35.4"
)

// renderings are the chart's examples of values, by what they are examples of.
func renderings(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(chart + "/ci/*-values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no examples of values ", err)
	}
	all := map[string]string{}
	for _, p := range paths {
		all[strings.TrimSuffix(filepath.Base(p), "-values.yaml")] = p
	}
	return all
}

// render gives the chart's objects as YAML.
func render(t *testing.T, namespace string, args ...string) string {
	t.Helper()
	return run(t, "helm", append([]string{
		"template", "octoeverywhere-exporter", chart, "--namespace=" + namespace, "--kube-version=" + kubernetesVersion,
	}, args...)...)
}

// object is what tests look at of a Kubernetes object.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     map[string]any
}

// objects are those of a text that holds one document each.
func objects(t *testing.T, text string) (all []object) {
	t.Helper()
	for document := range strings.SplitSeq(strings.TrimPrefix(text, "---\n"), "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(document+"\n"), &o); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		all = append(all, o)
	}
	return all
}

// only gives the one object of a kind whose name ends as it should.
func only(t *testing.T, text, kind, end string) object {
	t.Helper()
	found := slices.DeleteFunc(objects(t, text), func(o object) bool {
		return o.Kind != kind || !strings.HasSuffix(o.Metadata.Name, end)
	})
	if len(found) != 1 {
		t.Fatalf("%d objects are of the kind %s and named …%s", len(found), kind, end)
	}
	return found[0]
}

// configuration is the one in a Secret.
func configuration(t *testing.T, secret object) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(secret.Data["config.yaml"])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestChartLints has Helm look at each example.
func TestChartLints(t *testing.T) {
	for _, values := range renderings(t) {
		run(t, "helm", "lint", "--strict", chart, "--kube-version="+kubernetesVersion, "-f", values)
	}
}

// TestSchemaKnowsTheValues: no value without a rule, no rule without a value.
func TestSchemaKnowsTheValues(t *testing.T) {
	var values map[string]any
	var schema struct{ Properties map[string]any }
	for path, into := range map[string]any{"/values.yaml": &values, "/values.schema.json": &schema} {
		if err := yaml.Unmarshal([]byte(read(t, chart+path)), into); err != nil {
			t.Fatal(err)
		}
	}
	delete(schema.Properties, "global") // is Helm's
	if d := cmp.Diff(slices.Sorted(maps.Keys(values)), slices.Sorted(maps.Keys(schema.Properties))); d != "" {
		t.Error(d)
	}
}

// TestChartTakesEveryKeyOfTheConfiguration: the schema of the values knows what the exporter does, and what becomes of it is
// what was written.
func TestChartTakesEveryKeyOfTheConfiguration(t *testing.T) {
	example := read(t, "../config.example.yaml")
	values := "config:\n  " + strings.ReplaceAll(example, "\n", "\n  ")
	rendered := render(t, "default", "-f", write(t, t.TempDir(), "values.yaml", values))
	var want, got any
	if err := yaml.Unmarshal([]byte(example), &want); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(configuration(t, only(t, rendered, "Secret", "-config"))), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestExporterReadsTheConfigurationOfTheChart: printers from values are those of the exporter.
func TestExporterReadsTheConfigurationOfTheChart(t *testing.T) {
	for what, c := range map[string]struct {
		values string
		want   []string
	}{
		"by default there are none, which is no mistake": {"default", nil},
		"printers from values":                           {"shards", []string{"mk4-01", "mk4-02"}},
	} {
		text := configuration(t, only(t, render(t, "default", "-f", renderings(t)[c.values]), "Secret", "-config"))
		loaded, _, err := config.Load(write(t, t.TempDir(), "config.yaml", text))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		var names []string
		for _, target := range loaded.Targets {
			names = append(names, target.Name)
		}
		if d := cmp.Diff(c.want, names); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

// TestChartHasTheRulesAndTheDashboard: what is deployed is what is tested, letter by letter, templates included; only the
// address of the runbooks can be put before their paths.
func TestChartHasTheRulesAndTheDashboard(t *testing.T) {
	rendered := render(t, "default", "--set", "prometheusRule.enabled=true,dashboard.enabled=true")
	for name, path := range map[string]string{"-alerts": alertRules, "-recording": recordingRules} {
		var want struct{ Groups any }
		if err := yaml.Unmarshal([]byte(read(t, path)), &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.Groups, only(t, rendered, "PrometheusRule", name).Spec["groups"]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if d := cmp.Diff(map[string]string{"octoeverywhere.json": read(t, "grafana/octoeverywhere.json")}, only(t, rendered, "ConfigMap", "-dashboard").Data); d != "" {
		t.Error(d)
	}

	based := render(t, "default", "--set", "prometheusRule.enabled=true,prometheusRule.runbookBase=https://git.example/main/")
	if n, all := strings.Count(based, "runbook_url: https://git.example/main/docs/"), len(rules(t, alertRules)); n != all {
		t.Errorf("%d of %d alerts have the address", n, all)
	}
}

// TestPodsKeepTheConventions: what the exporter needs of its pods, whatever the values are.
func TestPodsKeepTheConventions(t *testing.T) {
	probes := []string{"startupProbe", "livenessProbe", "readinessProbe"}
	for name, values := range renderings(t) {
		rendered := render(t, "default", "-f", values)
		kind, replicas := "Deployment", 1
		if shards := map[string]int{"shards": 3, "everything": 2}[name]; shards > 0 {
			kind, replicas = "StatefulSet", shards
		}
		w := only(t, rendered, kind, "")
		pod := at[map[string]any](t, w.Spec, "template", "spec")
		c := at[[]any](t, pod, "containers")[0].(map[string]any)
		env := map[string]string{}
		for _, e := range at[[]any](t, c, "env") {
			value, _ := e.(map[string]any)["value"].(string)
			env[e.(map[string]any)["name"].(string)] = value
		}
		_, indexed := env["OE_EXPORTER_SHARD_INDEX"]
		total := env["OE_EXPORTER_SHARD_TOTAL"]
		for what, holds := range map[string]bool{
			"there are as many replicas as shards":     w.Spec["replicas"] == replicas,
			"a shard knows its index and their number": indexed == (replicas > 1) && (total == "") == (replicas == 1),
			"no service is put in its environment":     pod["enableServiceLinks"] == false,
			"no token is mounted":                      pod["automountServiceAccountToken"] == false,
			"it has more than 4 s to end":              at[int](t, pod, "terminationGracePeriodSeconds") > 4,
			"names with two dots are asked for as they are": slices.ContainsFunc(at[[]any](t, pod, "dnsConfig", "options"), func(o any) bool {
				v, _ := o.(map[string]any)["value"].(string)
				return o.(map[string]any)["name"] == "ndots" && (v == "1" || v == "2")
			}),
			"the runtime is told of the limit of memory": env["GOMEMLIMIT"] == "$(MEMORY_LIMIT_MIB)000000",
			"files can change": !slices.ContainsFunc(at[[]any](t, c, "volumeMounts"), func(m any) bool {
				return slices.Contains(slices.Collect(maps.Keys(m.(map[string]any))), "subPath")
			}),
			"a change of files does not restart it": !strings.Contains(rendered, "checksum/"),
			"the kubelet asks where there is neither TLS nor basic auth": !slices.ContainsFunc(probes, func(p string) bool {
				get := at[map[string]any](t, c, p, "httpGet")
				return get["port"] != "health" || get["scheme"] != nil || !strings.HasPrefix(get["path"].(string), "/-/")
			}),
		} {
			if !holds {
				t.Errorf("%s: it does not hold that %s", name, what)
			}
		}
	}
}

// at follows keys into a decoded object.
func at[T any](t *testing.T, in map[string]any, keys ...string) (value T) {
	t.Helper()
	var here any = in
	for _, k := range keys {
		here = here.(map[string]any)[k]
	}
	value, ok := here.(T)
	if !ok {
		t.Fatalf("%v is %T", keys, here)
	}
	return value
}

// TestSeriesDoNotTellTheNumberOfShards: the Service of shards has another name, which is no label of what is scraped. An
// alert that stands would else end and begin anew.
func TestSeriesDoNotTellTheNumberOfShards(t *testing.T) {
	alone := only(t, render(t, "default"), "Service", "").Metadata.Name
	rendered := render(t, "default", "--set", "shards=3,monitor.enabled=true")
	if only(t, rendered, "Service", "").Metadata.Name == alone {
		t.Fatal("the Service has the same name: this test can go, and the relabelling with it")
	}
	endpoint := at[[]any](t, only(t, rendered, "ServiceMonitor", "").Spec, "endpoints")[0].(map[string]any)
	if !slices.ContainsFunc(at[[]any](t, endpoint, "relabelings"), func(r any) bool {
		return cmp.Equal(r, map[string]any{"targetLabel": "service", "replacement": alone})
	}) {
		t.Errorf("the label service is not %s: %v", alone, endpoint)
	}
}
