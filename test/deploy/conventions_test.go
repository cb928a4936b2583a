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

// TestAlertConventions: naming and labels that users expect, and that routes and inhibition rely on.
func TestAlertConventions(t *testing.T) {
	causes := append([]string{"exporter"}, labelValues()["layer"]...)
	for _, r := range rules(t, alertRules) {
		a := r.Annotations
		for what, holds := range map[string]bool{
			"the name is OctoEverywhere followed by CamelCase":   camelCase.MatchString(r.Alert),
			"the severity is critical, warning or info":          slices.Contains([]string{"critical", "warning", "info"}, r.Labels.Severity),
			"the cause is a layer or exporter":                   slices.Contains(causes, r.Labels.Cause),
			"it survives a restart of the exporter":              r.KeepFiringFor != "",
			"the summary is one line":                            a.Summary != "" && !strings.Contains(a.Summary, "\n"),
			"the description has several lines":                  strings.Count(a.Description, "\n") >= 1,
			"only a lost print pages for a single printer":       !r.perPrinter() || r.Labels.Severity != "critical" || r.Alert == "OctoEverywherePrintLost",
			"it names the layer and reason of a printer's fault": !r.perPrinter() || strings.Contains(a.Description, "abels.layer }}, {{") && strings.Contains(a.Description, "abels.reason }}"),
			"it states since when": strings.Contains(a.Description, "humanizeTimestamp") ||
				slices.Contains([]string{"OctoEverywhereExporterDown", "OctoEverywhereShardMissing", "OctoEverywhereDuplicatePrinters", "OctoEverywhereProbesStale", "OctoEverywhereExporterPanics"}, r.Alert), // unknown
		} {
			if !holds {
				t.Errorf("%s: violated: %s", r.Alert, what)
			}
		}
	}
}

// TestDescriptionsContainRemedy: an alert on a single reason contains the remedy from the table of faults.
func TestDescriptionsContainRemedy(t *testing.T) {
	one := regexp.MustCompile(`\breason="([a-z_]+)"`)
	remedies := 0
	for _, r := range rules(t, alertRules) {
		m := one.FindStringSubmatch(r.Expr)
		if m == nil {
			continue
		}
		i := slices.IndexFunc(fault.Rows(), func(row fault.Row) bool { return row.Reason == m[1] })
		if i < 0 || !strings.Contains(r.Annotations.Description, fault.Rows()[i].Remedy) {
			t.Errorf("%s does not contain the remedy of %s", r.Alert, m[1])
		}
		remedies++
	}
	if remedies < 5 {
		t.Errorf("found only %d alerts on a single reason: does this test still match them?", remedies)
	}
}

// TestAnnotationsNameOnlyExistingReasonsAndCodes checks the text of annotations outside of templates.
func TestAnnotationsNameOnlyExistingReasonsAndCodes(t *testing.T) {
	known := knownMetrics(t)
	for _, r := range rules(t, alertRules) {
		text := template.ReplaceAllString(r.Annotations.Summary+" "+r.Annotations.Description, "")
		for _, word := range reasons.FindAllString(text, -1) {
			if word != "octoeverywhere_exporter" && !slices.Contains(labelValues()["reason"], word) && !known(word) {
				t.Errorf("%s: %s is neither a reason nor a metric", r.Alert, word)
			}
		}
		for _, code := range codes.FindAllString(text, -1) {
			if !slices.Contains(labelValues()["code"], code) {
				t.Errorf("%s: %s is not a code in the table of faults", r.Alert, code)
			}
		}
	}
}

// TestRunbooksExist: each runbook_url is an anchor in the documentation.
func TestRunbooksExist(t *testing.T) {
	for _, r := range rules(t, alertRules) {
		path, fragment, ok := strings.Cut(r.Annotations.RunbookURL, "#")
		if !ok || !strings.HasPrefix(path, "/docs/") || !slices.Contains(anchors(t, filepath.Join("..", path)), fragment) {
			t.Errorf("%s: %s does not exist", r.Alert, r.Annotations.RunbookURL)
		}
	}
}

// anchors returns the fragments that links to a document can have.
func anchors(t *testing.T, path string) (all []string) {
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
