package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/fault"
)

var (
	camelCase = regexp.MustCompile(`^OctoEverywhere([A-Z][a-z]+)+$`)
	reasons   = regexp.MustCompile(`\b[a-z]+(?:_[a-z]+)+\b`)
	codes     = regexp.MustCompile(`\b[3-7]\d\d\b`)
	template  = regexp.MustCompile(`\{\{.*?\}\}`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	anchor    = regexp.MustCompile(`<a id="([^"]+)">`)
)

// TestAlertsKeepTheConventions: what users of Prometheus' alerts expect, and what routes and inhibition stand on.
func TestAlertsKeepTheConventions(t *testing.T) {
	rungs := append([]string{"exporter"}, values()["layer"]...)
	for _, r := range rules(t, alertRules) {
		a := r.Annotations
		for what, holds := range map[string]bool{
			"its name is OctoEverywhere and CamelCase":           camelCase.MatchString(r.Alert),
			"its severity is critical, warning or info":          slices.Contains([]string{"critical", "warning", "info"}, r.Labels.Severity),
			"its rung is of the ladder":                          slices.Contains(rungs, r.Labels.Rung),
			"it rides out a restart of the exporter":             r.KeepFiringFor != "",
			"its summary is one line":                            a.Summary != "" && !strings.Contains(a.Summary, "\n"),
			"its description says more than one thing":           strings.Count(a.Description, "\n") >= 1,
			"of single printers only a lost print pages":         !r.perPrinter() || r.Labels.Severity != "critical" || r.Alert == "OctoEverywherePrintLost",
			"it names the layer and reason of a printer's fault": !r.perPrinter() || strings.Contains(a.Description, "abels.layer }}, {{") && strings.Contains(a.Description, "abels.reason }}"),
			"it says since when": strings.Contains(a.Description, "humanizeTimestamp") ||
				slices.Contains([]string{"OctoEverywhereExporterDown", "OctoEverywhereShardMissing", "OctoEverywhereDuplicatePrinters", "OctoEverywhereProbesStale", "OctoEverywhereExporterPanics"}, r.Alert), // nobody knows
		} {
			if !holds {
				t.Errorf("%s: it does not hold that %s", r.Alert, what)
			}
		}
	}
}

// TestDescriptionsSayWhatTheTableSays: what to do against a reason is said in the table of faults, and an alert on a
// single reason repeats it.
func TestDescriptionsSayWhatTheTableSays(t *testing.T) {
	one := regexp.MustCompile(`\breason="([a-z_]+)"`)
	remedies := 0
	for _, r := range rules(t, alertRules) {
		m := one.FindStringSubmatch(r.Expr)
		if m == nil {
			continue
		}
		i := slices.IndexFunc(fault.Rows(), func(row fault.Row) bool { return row.Reason == m[1] })
		if i < 0 || !strings.Contains(r.Annotations.Description, fault.Rows()[i].Remedy) {
			t.Errorf("%s does not say what to do against %s", r.Alert, m[1])
		}
		remedies++
	}
	if remedies < 5 {
		t.Errorf("only %d alerts are for a single reason: does this test still see them?", remedies)
	}
}

// TestTextsNameOnlyWhatExists: reasons and codes in running text.
func TestTextsNameOnlyWhatExists(t *testing.T) {
	known := known(t)
	for _, r := range rules(t, alertRules) {
		text := template.ReplaceAllString(r.Annotations.Summary+" "+r.Annotations.Description, "")
		for _, word := range reasons.FindAllString(text, -1) {
			if word != "octoeverywhere_exporter" && !slices.Contains(values()["reason"], word) && !known(word) {
				t.Errorf("%s: %s is neither a reason nor a metric", r.Alert, word)
			}
		}
		for _, code := range codes.FindAllString(text, -1) {
			if !slices.Contains(values()["code"], code) {
				t.Errorf("%s: %s is no code of the table", r.Alert, code)
			}
		}
	}
}

// TestRunbooksExist: each alert points to a place in the documentation that is there.
func TestRunbooksExist(t *testing.T) {
	for _, r := range rules(t, alertRules) {
		path, place, ok := strings.Cut(r.Annotations.RunbookURL, "#")
		if !ok || !strings.HasPrefix(path, "/docs/") || !slices.Contains(places(t, filepath.Join("..", path)), place) {
			t.Errorf("%s: there is no %s", r.Alert, r.Annotations.RunbookURL)
		}
	}
}

// places are what can stand behind # in links to a document.
func places(t *testing.T, path string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range heading.FindAllSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(strings.ToLower(string(m[1])), " ", "-"))
	}
	for _, m := range anchor.FindAllSubmatch(text, -1) {
		all = append(all, string(m[1]))
	}
	return all
}
