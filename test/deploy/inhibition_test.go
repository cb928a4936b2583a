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
)

// keepsQuiet says of each alert which others it keeps quiet when both fire: of the same job, and those of single printers
// of the same printer.
var keepsQuiet = map[string]string{
	"ExporterDown": "ShardIsolated NetworkOutage EdgeCertificateExpiring ServiceOutage ServiceBudgetBurnFast ServiceBudgetBurnSlow ActivePrintsUnmonitored PluginOutage " +
		"PrinterUnreachable AccessDenied SupporterLapsed PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"NetworkOutage": "ServiceOutage ServiceBudgetBurnFast ServiceBudgetBurnSlow ActivePrintsUnmonitored PluginOutage " +
		"PrinterUnreachable AccessDenied SupporterLapsed PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping PrintLost",
	"ServiceOutage": "ServiceBudgetBurnFast ServiceBudgetBurnSlow ActivePrintsUnmonitored PluginOutage " +
		"PrinterUnreachable AccessDenied SupporterLapsed PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping PrintLost",
	"ServiceBudgetBurnFast":   "ServiceBudgetBurnSlow PrinterUnreachable",
	"ServiceBudgetBurnSlow":   "",
	"ActivePrintsUnmonitored":              "PluginOutage PluginOffline Flapping",
	"PluginOutage":            "PluginOffline Flapping",
	"AccessDenied":              "PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"SupporterLapsed":         "PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"PluginOffline":           "HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"PluginOutdated":          "HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"HostDisconnected":        "PrinterError Flapping",
	"HostUnresponsive":             "HostDisconnected PrinterError Flapping",
	"TooManyClients":          "HostDisconnected PrinterError Flapping",
	"AuthInvalid":             "HostDisconnected PrinterError Flapping",
	"PrintLost":               "PrinterUnreachable AccessDenied SupporterLapsed PluginOffline PluginOutdated HostDisconnected HostUnresponsive TooManyClients AuthInvalid PrinterError Flapping",
	"PrinterUnreachable":      "",
	"PrinterError":            "",
	"Flapping":                "",
	"ShardMissing":            "",
	"ShardIsolated":             "",
	"DuplicatePrinters":         "",
	"ReloadFailed":            "",
	"ProbesStale":             "",
	"ExporterPanics":          "",
	"EdgeCertificateExpiring": "",
}

// acrossPrinters are the alerts that keep quiet those of all printers, not only of one.
var acrossPrinters = []string{"ExporterDown", "NetworkOutage", "ServiceOutage", "ServiceBudgetBurnFast", "ActivePrintsUnmonitored", "PluginOutage"}

// TestInhibitionFollowsTheLadder shows all pairs of alerts to a real Alertmanager, each pair in a job of its own.
func TestInhibitionFollowsTheLadder(t *testing.T) {
	t.Parallel()
	am := alertmanager(t, routing)
	var shown []shownAlert
	want, jobs := map[string]string{}, map[string]string{}
	all := rules(t, alertRules)
	for _, source := range all {
		for _, target := range all {
			for _, printer := range []string{"a", "b"} { // that of the target; the source's is a
				if source.Alert == target.Alert || printer == "b" && !target.perPrinter() {
					continue
				}
				from, to := strings.TrimPrefix(source.Alert, "OctoEverywhere"), strings.TrimPrefix(target.Alert, "OctoEverywhere")
				pair := fmt.Sprintf("%s and %s of %s", from, to, printer)
				job := fmt.Sprintf("octoeverywhere-%d", len(shown))
				jobs[job] = pair
				quiet := slices.Contains(strings.Fields(keepsQuiet[from]), to) && (printer == "a" || slices.Contains(acrossPrinters, from))
				want[pair] = map[bool]string{true: "suppressed", false: "active"}[quiet]
				shown = append(shown, shownAlertOf(source, job, "a"), shownAlertOf(target, job, printer))
				shown[len(shown)-1].Labels["target"] = "yes"
			}
		}
		if _, ok := keepsQuiet[strings.TrimPrefix(source.Alert, "OctoEverywhere")]; !ok {
			t.Errorf("what does %s keep quiet?", source.Alert)
		}
	}
	am.show(shown)
	// Alertmanager takes alerts in the order in which they come: when it has seen this pair, it has seen all.
	last := []shownAlert{shownAlertOf(all[0], "last", "a"), shownAlertOf(all[len(all)-1], "last", "a")}
	last[1].Labels["target"] = "yes"
	am.show(last)
	am.until("the last pair is inhibited", func() bool { return am.targets()["last"] == "suppressed" })
	got := map[string]string{}
	for job, state := range am.targets() {
		if pair, ok := jobs[job]; ok {
			got[pair] = state
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := slices.Collect(maps.Values(want)); len(n) < 500 {
		t.Errorf("only %d pairs were shown", len(n))
	}
}

// TestNoTwoAlertsKeepEachOtherQuiet: or nobody would be told.
func TestNoTwoAlertsKeepEachOtherQuiet(t *testing.T) {
	for one, others := range keepsQuiet {
		for other := range strings.FieldsSeq(others) {
			if slices.Contains(strings.Fields(keepsQuiet[other]), one) {
				t.Errorf("%s and %s", one, other)
			}
		}
	}
}

// alertmanager starts one.
func alertmanager(t *testing.T, config string) *process {
	t.Helper()
	address := freeAddress(t)
	return launch(t, "alertmanager", tool(t, "prometheus-alertmanager"), address, "/-/ready",
		"--config.file="+config, "--storage.path="+t.TempDir(), "--web.listen-address="+address, "--cluster.listen-address=")
}

// shownAlert is an alert in the API of Alertmanager.
type shownAlert struct {
	Labels map[string]string `json:"labels"`
	Status *struct {
		State string `json:"state"`
	} `json:"status,omitempty"`
}

func shownAlertOf(r rule, job, printer string) shownAlert {
	labels := map[string]string{"alertname": r.Alert, "severity": r.Labels.Severity, "rung": r.Labels.Rung, "job": job}
	if r.perPrinter() {
		labels["printer"] = printer
	}
	return shownAlert{Labels: labels}
}

// show sends alerts that fire.
func (p *process) show(alerts []shownAlert) {
	p.t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.Post(p.url+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("alertmanager answers %s", resp.Status)
	}
}

// targets gives the states of the alerts that are a pair's target, by job.
func (p *process) targets() map[string]string {
	var alerts []shownAlert
	p.get("/api/v2/alerts?filter=target%3Dyes", &alerts)
	states := map[string]string{}
	for _, a := range alerts {
		states[a.Labels["job"]] = a.Status.State
	}
	return states
}
