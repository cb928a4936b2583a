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
	// kubernetesVersion is the version of the API server in test/tools/kube-apiserver.
	kubernetesVersion = "1.35.4"
)

// renderings returns the files with example values of the chart, by name.
func renderings(t *testing.T) map[string]string {
	t.Helper()
	return valuesIn(t, chart+"/ci/*-values.yaml")
}

// valuesIn returns the files with values that match a pattern, by name.
func valuesIn(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no values in %s: %v", pattern, err)
	}
	all := map[string]string{}
	for _, p := range paths {
		all[strings.TrimSuffix(strings.TrimSuffix(filepath.Base(p), ".yaml"), "-values")] = p
	}
	return all
}

// render returns the chart's objects as YAML.
func render(t *testing.T, namespace string, args ...string) string {
	t.Helper()
	return renderWithTest(t, namespace, append(args, "--no-hooks")...)
}

// renderWithTest returns the chart's objects as YAML, and at their end the pod of helm test.
func renderWithTest(t *testing.T, namespace string, args ...string) string {
	t.Helper()
	return runTool(t, "helm", append([]string{
		"template", "octoeverywhere-exporter", chart, "--namespace=" + namespace, "--kube-version=" + kubernetesVersion,
	}, args...)...)
}

// object holds the fields of a Kubernetes object that tests read.
type object struct {
	Kind     string
	Metadata struct {
		Name, Namespace string
		Labels          map[string]string
	}
	Data map[string]string
	Spec map[string]any
}

// objects decodes a stream of YAML documents.
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

// findObject returns the only object of a kind with a name that ends in end.
func findObject(t *testing.T, text, kind, end string) object {
	t.Helper()
	found := slices.DeleteFunc(objects(t, text), func(o object) bool {
		return o.Kind != kind || !strings.HasSuffix(o.Metadata.Name, end)
	})
	if len(found) != 1 {
		t.Fatalf("%d objects of kind %s have a name that ends in %q", len(found), kind, end)
	}
	return found[0]
}

// configuration returns the config.yaml of a Secret.
func configuration(t *testing.T, secret object) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(secret.Data["config.yaml"])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestChartLints runs helm lint on the chart with each example.
func TestChartLints(t *testing.T) {
	for _, values := range renderings(t) {
		runTool(t, "helm", "lint", "--strict", chart, "--kube-version="+kubernetesVersion, "-f", values)
	}
}

// TestChartAcceptsEveryConfigurationKey: the values schema accepts every key of the exporter's configuration, and the Secret
// contains them unchanged.
func TestChartAcceptsEveryConfigurationKey(t *testing.T) {
	example := readFile(t, "../config.example.yaml")
	values := "config:\n  " + strings.ReplaceAll(example, "\n", "\n  ")
	rendered := render(t, "default", "-f", writeFile(t, t.TempDir(), "values.yaml", values))
	var want, got any
	if err := yaml.Unmarshal([]byte(example), &want); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(configuration(t, findObject(t, rendered, "Secret", "-config"))), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestExporterLoadsChartConfiguration: the exporter loads the printers of the values.
func TestExporterLoadsChartConfiguration(t *testing.T) {
	for what, c := range map[string]struct {
		values string
		want   []string
	}{
		"no printers by default": {"default", nil},
		"printers from values":   {"shards", []string{"mk4-01", "mk4-02"}},
	} {
		text := configuration(t, findObject(t, render(t, "default", "-f", renderings(t)[c.values]), "Secret", "-config"))
		loaded, _, err := config.Load(writeFile(t, t.TempDir(), "config.yaml", text))
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

// TestChartContainsRulesAndDashboard: the chart deploys the rules and the dashboard unchanged. With a base URL, each alert has the
// link of its runbook.
func TestChartContainsRulesAndDashboard(t *testing.T) {
	rendered := render(t, "default", "--set", "prometheusRule.enabled=true,dashboard.enabled=true")
	for name, path := range map[string]string{"-alerts": alertRules, "-recording": recordingRules} {
		var want struct{ Groups any }
		if err := yaml.Unmarshal([]byte(readFile(t, path)), &want); err != nil {
			t.Fatal(err)
		}
		got := findObject(t, rendered, "PrometheusRule", name).Spec["groups"]
		if d := cmp.Diff(want.Groups, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if d := cmp.Diff(map[string]string{"octoeverywhere.json": readFile(t, "grafana/octoeverywhere.json")}, findObject(t, rendered, "ConfigMap", "-dashboard").Data); d != "" {
		t.Error(d)
	}

	if strings.Contains(rendered, "runbook_url") || strings.Contains(rendered, "dashboard_url") {
		t.Error("without base URLs, alerts have links")
	}
}

// TestPodConventions: properties that pods have with all example values.
func TestPodConventions(t *testing.T) {
	probes := []string{"startupProbe", "livenessProbe", "readinessProbe"}
	for name, values := range renderings(t) {
		rendered := render(t, "default", "-f", values)
		kind, replicas := "Deployment", 1
		if shards := map[string]int{"shards": 3, "persistence-shards": 3, "everything": 2}[name]; shards > 0 {
			kind, replicas = "StatefulSet", shards
		}
		w := findObject(t, rendered, kind, "")
		pod := valueAt[map[string]any](t, w.Spec, "template", "spec")
		c := valueAt[[]any](t, pod, "containers")[0].(map[string]any)
		env := map[string]string{}
		for _, e := range valueAt[[]any](t, c, "env") {
			value, _ := e.(map[string]any)["value"].(string)
			env[e.(map[string]any)["name"].(string)] = value
		}
		_, indexed := env["OE_EXPORTER_SHARD_INDEX"]
		total := env["OE_EXPORTER_SHARD_TOTAL"]
		for what, holds := range map[string]bool{
			"replicas equal shards":               w.Spec["replicas"] == replicas,
			"a shard has its index and the total": indexed == (replicas > 1) && (total == "") == (replicas == 1),
			"no service environment variables":    pod["enableServiceLinks"] == false,
			"no token is mounted":                 pod["automountServiceAccountToken"] == false,
			"the grace period exceeds 5 s":        valueAt[int](t, pod, "terminationGracePeriodSeconds") > 5,
			"names with two dots are looked up as is": slices.ContainsFunc(valueAt[[]any](t, pod, "dnsConfig", "options"), func(o any) bool {
				v, _ := o.(map[string]any)["value"].(string)
				return o.(map[string]any)["name"] == "ndots" && (v == "1" || v == "2")
			}),
			"GOMEMLIMIT follows the memory limit": env["GOMEMLIMIT"] == "$(MEMORY_LIMIT_MIB)000000",
			"the state is writable, nothing else is": slices.Equal(writableMounts(t, c), []string{"/var/lib/octoeverywhere_exporter"}) &&
				valueAt[bool](t, c, "securityContext", "readOnlyRootFilesystem"),
			"one exporter at a time opens the state": kind == "StatefulSet" || valueAt[string](t, w.Spec, "strategy", "type") == "Recreate",
			"mounted files are updated": !slices.ContainsFunc(valueAt[[]any](t, c, "volumeMounts"), func(m any) bool {
				return slices.Contains(slices.Collect(maps.Keys(m.(map[string]any))), "subPath")
			}),
			"changed files do not restart the pod": !strings.Contains(rendered, "checksum/"),
			"the kubelet probes a port without TLS and basic auth": !slices.ContainsFunc(probes, func(p string) bool {
				get := valueAt[map[string]any](t, c, p, "httpGet")
				return get["port"] != "health" || get["scheme"] != nil || !strings.HasPrefix(get["path"].(string), "/-/")
			}),
		} {
			if !holds {
				t.Errorf("%s: violated: %s", name, what)
			}
		}
	}
}

// writableMounts returns the paths of a container's volumes that are not mounted read-only.
func writableMounts(t *testing.T, container map[string]any) (paths []string) {
	t.Helper()
	for _, m := range valueAt[[]any](t, container, "volumeMounts") {
		if m := m.(map[string]any); m["readOnly"] != true {
			paths = append(paths, m["mountPath"].(string))
		}
	}
	return paths
}

// valueAt returns the value at a path of keys of a decoded object.
func valueAt[T any](t *testing.T, in map[string]any, keys ...string) (value T) {
	t.Helper()
	var current any = in
	for _, k := range keys {
		current = current.(map[string]any)[k]
	}
	value, ok := current.(T)
	if !ok {
		t.Fatalf("%v is %T", keys, current)
	}
	return value
}

// TestServiceLabelIsIndependentOfShards: the headless Service of shards has a different name, but the label service is the
// same. Otherwise active alerts would end and start again after resharding.
func TestServiceLabelIsIndependentOfShards(t *testing.T) {
	unsharded := findObject(t, render(t, "default"), "Service", "").Metadata.Name
	rendered := render(t, "default", "--set", "shards=3,monitor.enabled=true")
	if findObject(t, rendered, "Service", "").Metadata.Name == unsharded {
		t.Fatal("the Service has the same name: remove this test and the relabeling")
	}
	endpoint := valueAt[[]any](t, findObject(t, rendered, "ServiceMonitor", "").Spec, "endpoints")[0].(map[string]any)
	if !slices.ContainsFunc(valueAt[[]any](t, endpoint, "relabelings"), func(r any) bool {
		return cmp.Equal(r, map[string]any{"action": "replace", "targetLabel": "service", "replacement": unsharded})
	}) {
		t.Errorf("the label service is not %s: %v", "exporter:10059", endpoint)
	}
}
