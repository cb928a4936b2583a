package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// inhibits maps each alert to the alerts it inhibits: those of the same job, and for single printers of the same printer.
var inhibits = map[string]string{
	"Watchdog": "",
	"ExporterDown": "DuplicatePrinters ExporterRestarting ScrapesFailing TargetFailing ReloadFailed WebConfigFailed StorageFailed StorageStale LogDropped " +
		"ClockAhead ProbesStale ExporterPanics EdgeCertificateExpiring RecurringOutages RecurringSiteOutages SiteOutage ServiceBudgetBurnFast " +
		"ServiceBudgetBurnSlow PrintStillLost PrintLostOften PrintFailedOften LostPrintFailed PrintError PrintPaused PrintNoProgress " +
		"PrinterUnreachable AccessDenied PluginOffline PluginOutdated HostFailing PrinterOff PrinterError Flapping",
	"ShardMissing":            "",
	"ShardIsolated":           "",
	"DuplicatePrinters":       "",
	"ExporterRestarting":      "",
	"ScrapesFailing":          "",
	"TargetFailing":           "",
	"ReloadFailed":            "",
	"WebConfigFailed":         "",
	"StorageFailed":           "",
	"StorageStale":            "",
	"ClockAhead":              "",
	"LogDropped":              "",
	"ProbesStale":             "",
	"ExporterPanics":          "",
	"EdgeCertificateExpiring": "",
	"NetworkOutage": "ServiceOutage RecurringOutages RecurringSiteOutages SiteOutage ServiceBudgetBurnFast ServiceBudgetBurnSlow PrintStillLost " +
		"PrintLostOften PrintFailedOften LostPrintFailed PrintError PrintPaused PrintNoProgress PrinterUnreachable AccessDenied " +
		"PluginOffline PluginOutdated HostFailing PrinterOff PrinterError Flapping",
	"ServiceOutage": "RecurringOutages RecurringSiteOutages SiteOutage ServiceBudgetBurnFast ServiceBudgetBurnSlow PrintStillLost PrintLostOften " +
		"PrintFailedOften LostPrintFailed PrintError PrintPaused PrintNoProgress PrinterUnreachable AccessDenied PluginOffline " +
		"PluginOutdated HostFailing PrinterOff PrinterError Flapping",
	"RecurringOutages":        "ServiceBudgetBurnFast ServiceBudgetBurnSlow",
	"RecurringSiteOutages":    "PrintLostOften Flapping",
	"ActivePrintsUnmonitored": "SiteOutage AccessDenied PluginOffline Flapping",
	"SiteOutage":              "PluginOffline Flapping",
	"ServiceBudgetBurnFast":   "ServiceBudgetBurnSlow PrinterUnreachable",
	"ServiceBudgetBurnSlow":   "",
	"PrintLost": "PrintError PrintPaused PrintNoProgress PrinterUnreachable PluginOffline PluginOutdated HostFailing PrinterOff PrinterError " +
		"Flapping",
	"PrintsLost": "",
	"PrintStillLost": "PrintLost PrintsLost PrintError PrintPaused PrintNoProgress PrinterUnreachable PluginOffline PluginOutdated HostFailing " +
		"PrinterOff PrinterError Flapping",
	"PrintLostOften": "Flapping",
	"PrintFailed": "PrintError PrintPaused PrintNoProgress PrinterUnreachable PluginOffline PluginOutdated HostFailing PrinterOff PrinterError " +
		"Flapping",
	"PrintsFailed":       "",
	"PrintFailedOften":   "",
	"LostPrintFailed":    "",
	"PrintError":         "",
	"PrintPaused":        "",
	"PrintNoProgress":    "",
	"PrinterUnreachable": "PrintError PrintPaused PrintNoProgress",
	"AccessDenied": "PrintLostOften PrintFailedOften LostPrintFailed PrintError PrintPaused PrintNoProgress PluginOffline PluginOutdated HostFailing " +
		"PrinterOff PrinterError Flapping",
	"PluginOffline":  "HostFailing PrinterOff PrinterError Flapping",
	"PluginOutdated": "HostFailing PrinterOff PrinterError Flapping",
	"HostFailing":    "PrinterOff PrinterError Flapping",
	"PrinterOff":     "PrinterError Flapping",
	"PrinterError":   "",
	"Flapping":       "",
}

// inhibitsAllPrinters lists the alerts that inhibit alerts of all printers.
var inhibitsAllPrinters = []string{"ExporterDown", "NetworkOutage", "ServiceOutage", "RecurringOutages", "RecurringSiteOutages", "ActivePrintsUnmonitored", "SiteOutage", "ServiceBudgetBurnFast"}

// TestInhibitionFollowsLayers posts all pairs of alerts to a real Alertmanager, each pair with its own job.
func TestInhibitionFollowsLayers(t *testing.T) {
	t.Parallel()
	am := startAlertmanager(t, routing)
	var posted []apiAlert
	want, jobs := map[string]string{}, map[string]string{}
	all := rules(t, alertRules)
	for _, source := range all {
		for _, target := range all {
			for _, printer := range []string{"a", "b"} { // of the target; the source has printer a
				if source.Alert == target.Alert || printer == "b" && !target.perPrinter() {
					continue
				}
				from, to := strings.TrimPrefix(source.Alert, "OctoEverywhere"), strings.TrimPrefix(target.Alert, "OctoEverywhere")
				pair := fmt.Sprintf("%s and %s of %s", from, to, printer)
				job := fmt.Sprintf("octoeverywhere-%d", len(posted))
				jobs[job] = pair
				quiet := slices.Contains(strings.Fields(inhibits[from]), to) && (printer == "a" || slices.Contains(inhibitsAllPrinters, from))
				want[pair] = map[bool]string{true: "suppressed", false: "active"}[quiet]
				posted = append(posted, apiAlertOf(source, job, "a"), apiAlertOf(target, job, printer))
				posted[len(posted)-1].Labels["target"] = "yes"
			}
		}
		if _, ok := inhibits[strings.TrimPrefix(source.Alert, "OctoEverywhere")]; !ok {
			t.Errorf("inhibits has no entry for %s", source.Alert)
		}
	}
	am.postAlerts(posted)
	// Alertmanager processes alerts in order: once this pair, ExporterDown and Flapping, is inhibited, all others have been processed.
	last := []apiAlert{apiAlertOf(all[1], "last", "a"), apiAlertOf(all[len(all)-1], "last", "a")}
	last[1].Labels["target"] = "yes"
	am.postAlerts(last)
	am.Until("the last pair is inhibited", func() bool { return am.targetStates()["last"] == "suppressed" })
	got := map[string]string{}
	for job, state := range am.targetStates() {
		if pair, ok := jobs[job]; ok {
			got[pair] = state
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := slices.Collect(maps.Values(want)); len(n) < 500 {
		t.Errorf("only %d pairs were posted", len(n))
	}
}

// TestNoMutualInhibition: two alerts that inhibit each other would notify nobody.
func TestNoMutualInhibition(t *testing.T) {
	for one, others := range inhibits {
		for other := range strings.FieldsSeq(others) {
			if slices.Contains(strings.Fields(inhibits[other]), one) {
				t.Errorf("%s and %s inhibit each other", one, other)
			}
		}
	}
}

// startAlertmanager starts an Alertmanager.
func startAlertmanager(t *testing.T, config string) *process {
	t.Helper()
	address := testkit.FreeAddress(t)
	return startReady(t, testkit.Tool(t, "prometheus-alertmanager"), address, "/-/ready",
		"--config.file="+config, "--storage.path="+t.TempDir(), "--web.listen-address="+address, "--cluster.listen-address=")
}

// apiAlert is an alert in Alertmanager's API.
type apiAlert struct {
	Labels map[string]string `json:"labels"`
	Status *struct {
		State string `json:"state"`
	} `json:"status,omitempty"`
}

func apiAlertOf(r rule, job, printer string) apiAlert {
	labels := map[string]string{"alertname": r.Alert, "severity": r.Labels.Severity, "cause": r.Labels.Cause, "job": job}
	if r.perPrinter() {
		labels["printer"] = printer
	}
	return apiAlert{Labels: labels}
}

// postAlerts posts firing alerts.
func (p *process) postAlerts(alerts []apiAlert) {
	p.t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.Post(p.URL+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("alertmanager returned %s", resp.Status)
	}
}

// targetStates returns the states of the target alerts by job.
func (p *process) targetStates() map[string]string {
	var alerts []apiAlert
	p.getJSON("/api/v2/alerts?filter=target%3Dyes", &alerts)
	states := map[string]string{}
	for _, a := range alerts {
		states[a.Labels["job"]] = a.Status.State
	}
	return states
}
