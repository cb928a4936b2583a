package deploy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestPromtoolAcceptsFiles: promtool accepts the rules and the configurations of Prometheus.
func TestPromtoolAcceptsFiles(t *testing.T) {
	runTool(t, "promtool", "check", "rules", "--lint=all", "--lint-fatal", recordingRules, alertRules)
	for _, c := range []string{"prometheus/prometheus.yml", "prometheus/prometheus-multi-target.yml"} {
		runTool(t, "promtool", "check", "config", c)
	}
}

// TestRules runs the rule tests: promtool test rules deploy/prometheus/tests/*.yml. A process uses one CPU.
func TestRules(t *testing.T) { testRules(t, "promtool") }

// TestRulesPrometheus3 checks and tests the rules with Prometheus 3 as well: Debian 12 has Prometheus 2, whose ranges include both
// of their ends.
func TestRulesPrometheus3(t *testing.T) {
	skipUnlessLong(t, "a minute")
	runTool(t, "promtool-3", "check", "rules", "--lint=all", "--lint-fatal", recordingRules, alertRules)
	testRules(t, "promtool-3")
}

func testRules(t *testing.T, promtool string) {
	t.Helper()
	for _, file := range ruleTests(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runTool(t, promtool, "test", "rules", file)
		})
	}
}

func ruleTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("prometheus/tests/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule tests: %v", err)
	}
	return files
}

// ruleTest holds the fields of a promtool test that tests read.
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

// loadRuleTests returns the rule tests in a file.
func loadRuleTests(t *testing.T, path string) []ruleTest {
	t.Helper()
	var file struct {
		Tests []ruleTest `yaml:"tests"`
	}
	if err := yaml.Load([]byte(readFile(t, path)), &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return file.Tests
}

// TestEachAlertIsTested: each alert has a case in which it fires and one in which it does not.
func TestEachAlertIsTested(t *testing.T) {
	var fires, quiet []string
	for _, path := range ruleTests(t) {
		for _, test := range loadRuleTests(t, path) {
			for _, a := range test.AlertRuleTests {
				if !strings.HasPrefix(test.Name, a.Alert+": ") {
					t.Errorf("%s: the name of test %q does not start with %s", path, test.Name, a.Alert)
				}
				if len(a.Want) > 0 {
					fires = append(fires, a.Alert)
				} else {
					quiet = append(quiet, a.Alert)
				}
			}
		}
	}
	quiet = append(quiet, "OctoEverywhereWatchdog") // it always fires
	for _, name := range alertNames(t) {
		if !slices.Contains(fires, name) || !slices.Contains(quiet, name) {
			t.Errorf("%s: has a case in which it fires: %v; one in which it does not: %v", name, slices.Contains(fires, name), slices.Contains(quiet, name))
		}
	}
	for _, name := range slices.Concat(fires, quiet) {
		if !slices.Contains(alertNames(t), name) {
			t.Errorf("there is no alert %s", name)
		}
	}
}

// TestAlertLabelsAreStable: alerts have no labels that may change while the alert fires. Such a change would end the alert and
// start another.
func TestAlertLabelsAreStable(t *testing.T) {
	fixed := map[string]rule{}
	for _, r := range rules(t, alertRules) {
		fixed[r.Alert] = r
	}
	for _, path := range ruleTests(t) {
		for _, test := range loadRuleTests(t, path) {
			for _, a := range test.AlertRuleTests {
				for _, w := range a.Want {
					for label := range w.Labels {
						switch {
						case slices.Contains([]string{"job", "cluster", "printer", "site", "layer", "edge", "lost_at", "severity", "cause"}, label):
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
