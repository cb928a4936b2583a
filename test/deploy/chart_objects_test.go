package deploy

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// renderValues renders the chart with values.
func renderValues(t *testing.T, values string) string {
	t.Helper()
	return render(t, "default", "-f", writeFile(t, t.TempDir(), "values.yaml", values))
}

// TestRelabelingsHaveActions: the API server adds the action replace, which would be a permanent difference in Argo CD.
func TestRelabelingsHaveActions(t *testing.T) {
	for kind, list := range map[string]string{"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"} {
		rendered := renderValues(t, `
shards: 2
monitor:
  enabled: true
  kind: `+kind+`
  relabelings: [{targetLabel: cluster, replacement: lab}, {regex: pod, action: labeldrop}]
  metricRelabelings: [{sourceLabels: [__name__], targetLabel: metric}, {sourceLabels: [__name__], regex: go_.*, action: drop}]
`)
		endpoint := valueAt[[]any](t, findObject(t, rendered, kind, "").Spec, list)[0].(map[string]any)
		var got []string
		for _, r := range slices.Concat(valueAt[[]any](t, endpoint, "relabelings"), valueAt[[]any](t, endpoint, "metricRelabelings")) {
			action, _ := r.(map[string]any)["action"].(string)
			got = append(got, action)
		}
		want := []string{"replace", "replace", "labeldrop", "replace", "drop"}
		if kind == "ServiceMonitor" {
			want = slices.Insert(want, 1, "replace") // the label service
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", kind, d)
		}
	}
}

// TestMonitorScheme: HTTPS if the exporter has TLS or if the values say so, as for a proxy in front of it.
func TestMonitorScheme(t *testing.T) {
	for _, c := range []struct {
		values string
		want   any
	}{
		{`monitor: {enabled: true}`, nil},
		{`monitor: {enabled: true, scheme: http}`, "http"},
		{`monitor: {enabled: true, scheme: https, tlsConfig: {insecureSkipVerify: true}}`, "https"},
		{`{monitor: {enabled: true}, web: {existingSecret: a, tls: true}}`, "https"},
		{`{monitor: {enabled: true, scheme: http}, web: {existingSecret: a, tls: true}}`, "http"},
	} {
		endpoint := valueAt[[]any](t, findObject(t, renderValues(t, c.values), "ServiceMonitor", "").Spec, "endpoints")[0].(map[string]any)
		if endpoint["scheme"] != c.want {
			t.Errorf("%s: scheme %v, want %v", c.values, endpoint["scheme"], c.want)
		}
	}
}

// TestLabelsAreUnique: labels and annotations that are in several values, or that the chart sets, too, are rendered once. objects
// refuses duplicate keys. The labels by which pods are selected never change.
func TestLabelsAreUnique(t *testing.T) {
	for _, shards := range []string{"1", "2"} {
		rendered := renderValues(t, `
shards: `+shards+`
commonLabels: &labels {team: a, app.kubernetes.io/version: "9", app.kubernetes.io/managed-by: b, helm.sh/chart: c}
podLabels: *labels
podAnnotations: {kubectl.kubernetes.io/default-container: sidecar}
persistence: {enabled: true, labels: {team: b, app.kubernetes.io/name: d}}
monitor: {enabled: true, labels: {team: b}}
prometheusRule: {enabled: true, labels: {team: b}}
dashboard: {enabled: true, labels: {team: b}}
`)
		for _, o := range objects(t, rendered) {
			want := map[string]string{"ConfigMap": "b", "ServiceMonitor": "b", "PrometheusRule": "b", "PersistentVolumeClaim": "b"}[o.Kind]
			if want == "" {
				want = "a"
			}
			if l := o.Metadata.Labels; l["team"] != want || l["app.kubernetes.io/name"] != "octoeverywhere-exporter" || l["app.kubernetes.io/version"] != "9" {
				t.Errorf("%s: labels %v", o.Kind, l)
			}
		}
		if !strings.Contains(rendered, "kubectl.kubernetes.io/default-container: sidecar") {
			t.Error("podAnnotations does not replace the chart's annotation")
		}
	}
}

// TestLongNames: the names of releases that differ only at their end differ.
func TestLongNames(t *testing.T) {
	names := map[string]bool{}
	for _, release := range []string{"printers-of-the-workshop-on-the-second-floor-1", "printers-of-the-workshop-on-the-second-floor-2"} {
		rendered := runTool(t, "helm", "template", release, chart, "--kube-version="+kubernetesVersion, "--set=prometheusRule.enabled=true")
		name := findObject(t, rendered, "Deployment", "").Metadata.Name
		if len(name) > 45 || !strings.HasPrefix(name, "printers-of-the-workshop-on-the-seco") {
			t.Errorf("release %s: name %s", release, name)
		}
		names[name] = true
	}
	if len(names) != 2 {
		t.Errorf("both releases have the name %v", names)
	}
}

// TestNetworkPolicyRules: further rules for both directions, such as the port of a mesh.
func TestNetworkPolicyRules(t *testing.T) {
	spec := findObject(t, renderValues(t, `networkPolicy: {enabled: true, extraIngress: [{ports: [{port: 15008}]}], extraEgress: [{ports: [{port: 3128}]}]}`), "NetworkPolicy", "").Spec
	for direction, port := range map[string]int{"ingress": 15008, "egress": 3128} {
		rules := valueAt[[]any](t, spec, direction)
		last := rules[len(rules)-1].(map[string]any)
		if d := cmp.Diff(map[string]any{"ports": []any{map[string]any{"port": port}}}, last); d != "" || len(rules) < 2 {
			t.Errorf("%s: %s", direction, d)
		}
	}
}

// TestAlertOverrides: values change or disable single alerts; the others stay as they are. Each has links.
func TestAlertOverrides(t *testing.T) {
	rendered := renderValues(t, `
prometheusRule:
  enabled: true
  namespace: monitoring
  annotations: {example/annotation: "yes"}
  runbookBase: https://git.example/main/
  grafanaBase: https://grafana.example/
  alertLabels: {team: workshop}
  overrides:
    OctoEverywherePluginOffline: {for: 30m, keepFiringFor: 15m, severity: info, labels: {team: lab}, annotations: {summary: Offline}}
    OctoEverywhereReloadFailed: {disabled: true}
`)
	alerts := map[string]map[string]any{}
	rule := findObject(t, rendered, "PrometheusRule", "-alerts")
	for _, g := range valueAt[[]any](t, rule.Spec, "groups") {
		for _, r := range valueAt[[]any](t, g.(map[string]any), "rules") {
			r := r.(map[string]any)
			name := r["alert"].(string)
			alerts[name] = r
			links := [2]string{valueAt[string](t, r, "annotations", "runbook_url"), valueAt[string](t, r, "annotations", "dashboard_url")}
			if want := [2]string{"https://git.example/main/docs/runbooks/" + name + ".md", "https://grafana.example/d/octoeverywhere-exporter?from=now-6h" + dashboardVariables}; links != want {
				t.Errorf("%s: %q", name, links)
			}
		}
	}
	if n := len(rules(t, alertRules)); len(alerts) != n-1 || alerts["OctoEverywhereReloadFailed"] != nil {
		t.Errorf("%d alerts of %d, want all except OctoEverywhereReloadFailed", len(alerts), n)
	}
	changed, unchanged := alerts["OctoEverywherePluginOffline"], alerts["OctoEverywherePrintLost"]
	for what, values := range map[string][2]any{
		"for":               {"30m", changed["for"]},
		"keep_firing_for":   {"15m", changed["keep_firing_for"]},
		"labels":            {map[string]any{"severity": "info", "cause": "plugin", "team": "lab"}, changed["labels"]},
		"summary":           {"Offline", valueAt[string](t, changed, "annotations", "summary")},
		"labels of another": {"workshop", valueAt[string](t, unchanged, "labels", "team")},
		"severity":          {"critical", valueAt[string](t, unchanged, "labels", "severity")},
		"namespace":         {"monitoring", rule.Metadata.Namespace},
	} {
		if d := cmp.Diff(values[0], values[1]); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}
