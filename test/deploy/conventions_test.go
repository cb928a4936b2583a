package deploy

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	camelCase = regexp.MustCompile(`^OctoEverywhere([A-Z][a-z]+)+$`)
	reasons   = regexp.MustCompile(`\b[a-z]+(?:_[a-z]+)+\b`)
	codes     = regexp.MustCompile(`\b[3-7]\d\d\b`)
	template  = regexp.MustCompile(`\{\{.*?\}\}`)
)

// countsOrTimes are the alerts whose text says how often, or until when, instead of since when.
var countsOrTimes = []string{
	"OctoEverywhereWatchdog", "OctoEverywhereShardMissing", "OctoEverywhereDuplicatePrinters", "OctoEverywhereExporterRestarting",
	"OctoEverywhereScrapesFailing", "OctoEverywhereLogDropped", "OctoEverywhereProbesStale", "OctoEverywhereExporterPanics",
	"OctoEverywhereEdgeCertificateExpiring", "OctoEverywhereRecurringOutages",
}

// isWatchdog reports whether an alert always fires.
func (r rule) isWatchdog() bool { return r.Labels.Severity == "none" }

// TestAlertConventions: naming and labels that users expect, and that routes and inhibition rely on.
func TestAlertConventions(t *testing.T) {
	causes := append([]string{"exporter"}, labelValues()["layer"]...)
	for _, r := range rules(t, alertRules) {
		a := r.Annotations
		for what, holds := range map[string]bool{
			"the name is OctoEverywhere followed by CamelCase":   camelCase.MatchString(r.Alert),
			"the severity is critical, warning or info":          r.isWatchdog() || slices.Contains([]string{"critical", "warning", "info"}, r.Labels.Severity),
			"the cause is a layer or exporter":                   slices.Contains(causes, r.Labels.Cause),
			"it survives a restart of the exporter":              r.isWatchdog() || r.KeepFiringFor != "",
			"the summary is one line":                            a.Summary != "" && !strings.Contains(a.Summary, "\n"),
			"the description has several lines":                  strings.Count(a.Description, "\n") >= 1,
			"only a lost or failed print pages for a printer":    !r.perPrinter() || r.Labels.Severity != "critical" || strings.HasPrefix(r.Alert, "OctoEverywherePrint"),
			"it names the layer and reason of a printer's fault": !r.perPrinter() || r.Alert == "OctoEverywhereTargetFailing" || strings.Contains(a.Description, "abels.layer }}, {{") && strings.Contains(a.Description, "abels.reason }}"),
			"it states since when, or that it is not known": strings.Contains(a.Description, "humanizeDuration") ||
				strings.Contains(a.Description, "ince: not known") || slices.Contains(countsOrTimes, r.Alert),
		} {
			if !holds {
				t.Errorf("%s: violated: %s", r.Alert, what)
			}
		}
	}
}

// otherNames are words in annotations that are neither reasons nor metrics.
var otherNames = []string{"octoeverywhere_exporter", "scrape_timeout", "plugin_shares_power"}

// TestAnnotationsNameOnlyExistingReasonsAndCodes checks the text of annotations outside of templates.
func TestAnnotationsNameOnlyExistingReasonsAndCodes(t *testing.T) {
	known := knownMetrics(t)
	for _, r := range rules(t, alertRules) {
		text := template.ReplaceAllString(r.Annotations.Summary+" "+r.Annotations.Description, "")
		for _, word := range reasons.FindAllString(text, -1) {
			if !slices.Contains(otherNames, word) && !slices.Contains(labelValues()["reason"], word) && !known(word) {
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
