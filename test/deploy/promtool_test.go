package deploy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestPromtoolAcceptsAll: rules and configurations of Prometheus.
func TestPromtoolAcceptsAll(t *testing.T) {
	run(t, "promtool", "check", "rules", recordingRules, alertRules)
	for _, c := range []string{"prometheus/prometheus.yml", "prometheus/prometheus-multi-target.yml"} {
		run(t, "promtool", "check", "config", c)
	}
}

// TestRules runs the tests of the rules, as users can: promtool test rules deploy/prometheus/tests/*.yml.
func TestRules(t *testing.T) {
	t.Parallel()
	run(t, "promtool", append([]string{"test", "rules"}, ruleTests(t)...)...)
}

func ruleTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("prometheus/tests/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of the rules: %v", err)
	}
	return files
}

// ruleTest is what is read of a test of promtool.
type ruleTest struct {
	Name           string `yaml:"name"`
	AlertRuleTests []struct {
		Alert string `yaml:"alertname"`
		Want  []struct {
			Labels      map[string]string `yaml:"exp_labels"`
			Annotations annotations       `yaml:"exp_annotations"`
		} `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

// ruleTestsOf gives the tests of a file.
func ruleTestsOf(t *testing.T, path string) []ruleTest {
	t.Helper()
	var file struct {
		Tests []ruleTest `yaml:"tests"`
	}
	if err := yaml.Load([]byte(read(t, path)), &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return file.Tests
}

// TestEachAlertIsTested: for each there is a case in which it fires and one in which it must not.
func TestEachAlertIsTested(t *testing.T) {
	var fires, quiet []string
	for _, path := range ruleTests(t) {
		for _, test := range ruleTestsOf(t, path) {
			for _, a := range test.AlertRuleTests {
				if !strings.HasPrefix(test.Name, a.Alert+": ") {
					t.Errorf("%s: the test %q is of %s", path, test.Name, a.Alert)
				}
				if len(a.Want) > 0 {
					fires = append(fires, a.Alert)
				} else {
					quiet = append(quiet, a.Alert)
				}
			}
		}
	}
	for _, name := range alertNames(t) {
		if !slices.Contains(fires, name) || !slices.Contains(quiet, name) {
			t.Errorf("%s: a case in which it fires is there: %v; one in which it must not: %v", name, slices.Contains(fires, name), slices.Contains(quiet, name))
		}
	}
	for _, name := range slices.Concat(fires, quiet) {
		if !slices.Contains(alertNames(t), name) {
			t.Errorf("there is no alert %s", name)
		}
	}
}

// TestLabelsStayAsTheyAre: what changes while the cause does not is no label of an alert, or it would end and begin anew.
func TestLabelsStayAsTheyAre(t *testing.T) {
	fixed := map[string]rule{}
	for _, r := range rules(t, alertRules) {
		fixed[r.Alert] = r
	}
	for _, path := range ruleTests(t) {
		for _, test := range ruleTestsOf(t, path) {
			for _, a := range test.AlertRuleTests {
				for _, w := range a.Want {
					for label := range w.Labels {
						switch {
						case slices.Contains([]string{"job", "printer", "site", "layer", "edge", "severity", "rung"}, label):
						case label == "reason" && strings.Contains(fixed[a.Alert].Expr, `{reason="`):
						default:
							t.Errorf("%s has the label %s", a.Alert, label)
						}
					}
				}
			}
		}
	}
}
