package deploy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

var (
	matcher       = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"`)
	notMetrics    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)`)
	identifier    = regexp.MustCompile(`[a-zA-Z_:][\w:]*(?:\s*\()?`)
	number        = regexp.MustCompile(`\b\d[\w.]*`)
	templateQuery = regexp.MustCompile("printf \"((?:[^\"\\\\]|\\\\.)*)\"")
)

// promQLKeywords are lower-case.
var promQLKeywords = []string{"and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "atan2", "inf", "nan"}

// metricsIn returns the names of metrics in an expression.
func metricsIn(expr string) (names []string) {
	bare := number.ReplaceAllString(notMetrics.ReplaceAllString(expr, " "), " ")
	for _, id := range identifier.FindAllString(bare, -1) {
		if !strings.HasSuffix(id, "(") && !slices.Contains(promQLKeywords, strings.ToLower(id)) {
			names = append(names, id)
		}
	}
	return names
}

// templateQueries returns the queries in a template of an annotation.
func templateQueries(template string) (exprs []string) {
	for _, m := range templateQuery.FindAllStringSubmatch(template, -1) {
		exprs = append(exprs, strings.NewReplacer(`layer=%q`, `layer="plugin"`, `\"`, `"`, `%q`, `"x"`, `%f`, `1`, `%.0f`, `1`, `%s`, `1`).Replace(m[1]))
	}
	return exprs
}

// knownMetrics returns a function that reports whether a metric exists: those of the exporter, of Go programs, of Prometheus
// itself, and recorded series.
func knownMetrics(t *testing.T) func(name string) bool {
	t.Helper()
	names := map[string]bool{"up": true, "ALERTS": true, "ALERTS_FOR_STATE": true, "scrape_duration_seconds": true}
	for _, m := range collector.Metrics() {
		names[m.Name] = true
		if m.Type == "histogram" {
			names[m.Name+"_bucket"], names[m.Name+"_sum"], names[m.Name+"_count"] = true, true, true
		}
	}
	for _, r := range rules(t, recordingRules) {
		names[r.Record] = true
	}
	return func(name string) bool {
		return names[name] || strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
	}
}

// labelValues returns the possible values of labels.
func labelValues() map[string][]string {
	v := map[string][]string{"api": nil, "layer": nil, "reason": nil, "code": nil, "state": nil, "phase": {"resolve", "connect", "tls"}}
	for _, l := range fault.Layers {
		v["layer"] = append(v["layer"], l.String())
	}
	for _, r := range fault.Rows() {
		v["reason"] = append(v["reason"], r.Reason)
		v["code"] = append(v["code"], r.CodeLabel())
	}
	for _, s := range probe.States {
		v["state"] = append(v["state"], s.String())
	}
	for _, q := range probe.Requests {
		v["api"] = append(v["api"], q.String())
	}
	return v
}

// unknownNames returns the metrics and label values in an expression that do not exist.
func unknownNames(expr string, metric func(string) bool) (wrong []string) {
	for _, name := range metricsIn(expr) {
		if !metric(name) {
			wrong = append(wrong, "metric "+name)
		}
	}
	for _, m := range matcher.FindAllStringSubmatch(expr, -1) {
		allowed, ok := labelValues()[m[1]]
		for value := range strings.SplitSeq(m[3], "|") {
			if ok && !slices.Contains(allowed, value) {
				wrong = append(wrong, fmt.Sprintf("%s %q", m[1], value))
			}
		}
	}
	return wrong
}

// TestRulesUseExistingNames: expressions and the queries of annotations use only existing metrics and label values.
func TestRulesUseExistingNames(t *testing.T) {
	metric := knownMetrics(t)
	for _, r := range rules(t, recordingRules, alertRules) {
		exprs := append(templateQueries(r.Annotations.Summary+r.Annotations.Description), r.Expr)
		for _, expr := range exprs {
			if wrong := unknownNames(expr, metric); len(wrong) > 0 {
				t.Errorf("%s%s: %v in\n%s", r.Alert, r.Record, wrong, expr)
			}
		}
	}
}

// TestUnknownNames: unknownNames finds misspelled names.
func TestUnknownNames(t *testing.T) {
	for expr, want := range map[string]string{
		`octoeverywhere_layer_upp == 0`:                                                "metric octoeverywhere_layer_upp",
		`sum by (job) (rate(octoeverywhere_probe_total[5m])) > 1e3`:                    "metric octoeverywhere_probe_total",
		`octoeverywhere_layer_up{layer="plug"}`:                                        `layer "plug"`,
		`octoeverywhere:fault_since{reason=~"auth_invalid|auth_wrong"} or on (job) up`: `reason "auth_wrong"`,
		`octoeverywhere_printer_state{state!="printing", job="x"} offset 5m unless up`: "",
	} {
		if got := strings.Join(unknownNames(expr, knownMetrics(t)), ", "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
