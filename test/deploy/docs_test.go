package deploy

import (
	"fmt"
	"strings"
	"testing"
	texttemplate "text/template"

	"octoeverywhere_exporter/test/testkit"
)

// TestDocumentIsUpToDate compares docs/alerting.md with the rules and the runbooks.
func TestDocumentIsUpToDate(t *testing.T) { testkit.Same(t, "../docs/alerting.md", document(t)) }

const documentHead = `# Alerting

<!-- Generated from deploy/prometheus and docs/runbooks by "go test ./test/deploy -run Document -update". -->

The rules are in [deploy/prometheus](../deploy/prometheus), routes and templates for Alertmanager in
[deploy/alertmanager](../deploy/alertmanager/alertmanager.yml), a dashboard in [deploy/grafana](../deploy/grafana). They need
Prometheus 2.42 or newer (~keep_firing_for~) and Alertmanager 0.22 or newer.

## Set-up

~~~sh
cp deploy/prometheus/*.rules.yml /etc/prometheus/        # list both in rule_files, as in deploy/prometheus/prometheus.yml
cp deploy/alertmanager/* /etc/alertmanager/              # replace the URLs of the receivers
prometheus --rules.alert.for-grace-period=1m --rules.alert.resend-delay=10m …
~~~

The first flag restores alerts whose ~for~ is below ten minutes after a restart of Prometheus. With the second, Alertmanager keeps an
alert for 40 minutes without hearing of it: while Prometheus is away for less, nothing is resolved.

- The job name must start with ~octoeverywhere~ for the alerts on missing exporters and for the dashboard. All other rules
  accept any name.
- Give each printer a label ~site~, and each Prometheus an external label ~cluster~ if several share an Alertmanager: groups, inhibition
  and silences are per job, cluster and site. Labels that are not configured are empty.
- Set ~--web.external-url~ of the exporter: descriptions then link to the page of the printer.
- Set ~plugin_shares_power~ for printers whose plugin is switched off with them ([configuration](configuration.md)).
- The annotations ~runbook_url~ and ~dashboard_url~ are absent, because only you know where you read this repository, and where Grafana is.
  This adds them:

~~~sh
` + links + `
~~~

## Severities

| severity | receiver | meaning |
| --- | --- | --- |
| critical | page | the exporter, the network or the service is down, prints are unmonitored, lost or have failed |
| warning | ticket | a fault that persists until somebody fixes it |
| info | chat | possibly intended |
| none | deadman | Watchdog always fires. Route it to a service that notifies you when it stops arriving |

## Principles

- **The exporter remembers, the rules do not.** Rules compare ages that the exporter exports with thresholds, so neither a failed scrape
  nor a restart starts or ends an alert. Outages and lost prints stay while the exporter is not scraped.
- **One cause, one notification.** A printer has one fault at a time. Faults of network and service notify per job and cluster, of access and
  plugin per site; then single printers do not notify. An outage affects at least two printers (in a fleet of one: that printer).
- **Nothing pages before two probes of a printer agree**, whatever its interval.
- **Repeated pages are damped.** Outages, lost prints and failed prints page twice within six hours, then only if an outage or a
  gap lasts for half an hour; a ticket says how often. A lost print pages for twelve hours, then it is a ticket.
- **Printers that are switched off while idle page nobody.** A pause by a user creates no ticket.
- **Labels do not change while an alert fires.** Code and reason are in the description. ~instance~ and ~pod~ are dropped.

[How the alerts are tested](internals/alerting.md) lists incidents and their notifications.

## Customization

Thresholds are the first rules of recording.rules.yml, where comments say what happens if you change them. The Helm chart changes single alerts from its
values ([Kubernetes](kubernetes.md)). Without it, a program such as yq does:

~~~sh
yq -i '(.groups[].rules[] | select(.alert == "OctoEverywherePrinterOff")).labels.severity = "none"' alerts.rules.yml
yq -i 'del(.groups[].rules[] | select(.alert == "OctoEverywhereFlapping"))' alerts.rules.yml
promtool test rules deploy/prometheus/tests/*.yml
~~~

The objective for layer service is 99.5 % of printer time over 30 days (~octoeverywhere:availability:ratio30d~).

## Dashboard

[deploy/grafana/octoeverywhere.json](../deploy/grafana/octoeverywhere.json) has lost prints by name, firing alerts, a row per site, a
timeline of layers, prints by outcome, latency, the exporters, and the printers that are selected. Import it into Grafana 10 or newer, or
let [Compose](deployment.md#compose) or the [chart](kubernetes.md) provision it. It reads the recording rules. Only data of a successful
scrape is shown in green, or as zero.

With 10,000 printers at 20 sites, a tenth of them failing, each of its 74 queries over six hours took at most 0.04 s of CPU time, half
of them at most 0.001 s. An evaluation of all rules took 2.8 s, of which 0.3 s are for the dashboard
(~go test -run DashboardSpeed -dashboard=10000 -v .~ in test/alerting).
`

// links are the commands that add the links of runbooks and of the dashboard to the rules.
const links = `runbooks=https://git.example/octoeverywhere_exporter/blob/main/docs/runbooks
grafana=https://grafana.example
sed -i -E "/- alert: /{h;s/.*: //;x};/^ +annotations:/{G;s|\n(.*)|\n          runbook_url: $runbooks/\1.md|}" /etc/prometheus/alerts.rules.yml
sed -i -E '/^ +annotations:/a\          dashboard_url: '$grafana'/d/octoeverywhere-exporter?from=now-6h` + dashboardVariables + `' /etc/prometheus/alerts.rules.yml`

// dashboardVariables select what an alert is about, as far as its labels say.
const dashboardVariables = "{{ with $labels.job }}&var-job={{ urlquery . }}{{ end }}{{ with $labels.cluster }}&var-cluster={{ urlquery . }}{{ end }}" +
	"{{ with $labels.site }}&var-site={{ urlquery . }}{{ end }}{{ with $labels.printer }}&var-printer={{ urlquery . }}{{ end }}"

// document returns docs/alerting.md.
func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(documentHead, "~", "`"))
	b.WriteString("\n## All alerts\n\nEach links to its runbook. Alertmanager adds its `group_wait`.\n")
	for _, g := range groups(t, alertRules) {
		fmt.Fprintf(&b, "\n### %s\n\n| alert | severity | after | meaning |\n| --- | --- | --- | --- |\n", strings.TrimSuffix(firstSentence(g.Comment), "."))
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| [%s](runbooks/%s.md) | %s | %s | %s |\n", strings.TrimPrefix(r.Alert, "OctoEverywhere"), r.Alert, r.Labels.Severity, delay(t, r), runbookSummary(t, r))
		}
	}
	b.WriteString("\n## Thresholds\n\n| octoeverywhere:config: | default | meaning |\n| --- | --- | --- |\n")
	for _, r := range rules(t, recordingRules) {
		if name, ok := strings.CutPrefix(r.Record, "octoeverywhere:config:"); ok {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, strings.TrimSuffix(strings.TrimPrefix(r.Expr, "vector("), ")"), firstSentence(r.Comment))
		}
	}
	return b.String()
}

// runbookSummary returns the first sentence of the summary of an alert's runbook.
func runbookSummary(t *testing.T, r rule) string {
	t.Helper()
	text := readFile(t, "../docs/runbooks/"+r.Alert+".md")
	_, rest, _ := strings.Cut(text, "## Summary\n")
	summary, _, _ := strings.Cut(rest, "\n## ")
	return firstSentence(strings.TrimSpace(summary))
}

func firstSentence(text string) string {
	first, _, more := strings.Cut(text, ". ")
	if more {
		first += "."
	}
	return first
}

// ages says when alerts without `for` fire: their expressions compare ages.
var ages = map[string]string{
	"Watchdog": "0m", "ExporterRestarting": "0m", "LogDropped": "0m", "ExporterPanics": "0m", "NetworkOutage": "4m", "ServiceOutage": "4m",
	"RecurringOutages": "3 outages", "ActivePrintsUnmonitored": "4m", "PrintLost": "5m", "PrintsLost": "5m", "PrintStillLost": "12h",
	"PrintLostOften": "3 losses", "PrintFailed": "0m", "PrintFailedOften": "3 failures", "RecurringSiteOutages": "3 outages", "LostPrintFailed": "0m", "PrintError": "2m",
	"PrintPaused": "15m", "PrintNoProgress": "2h", "PrinterUnreachable": "15m", "AccessDenied": "15m", "PluginOffline": "15m",
	"PluginOutdated": "15m", "HostFailing": "15m", "PrinterOff": "15m", "PrinterError": "15m", "Flapping": "4 outages in 1h",
}

// delay returns how long a failure must last before the alert fires.
func delay(t *testing.T, r rule) string {
	t.Helper()
	age, ok := ages[strings.TrimPrefix(r.Alert, "OctoEverywhere")]
	if ok == (r.For != "") {
		t.Errorf("%s: either `for` or an entry in ages", r.Alert)
	}
	return age + r.For
}

// TestLinks: the commands in the document add the links of runbooks and of the dashboard to each alert, and promtool accepts the file.
func TestLinks(t *testing.T) {
	path := writeFile(t, t.TempDir(), "alerts.rules.yml", readFile(t, alertRules))
	runTool(t, "bash", "-ec", strings.ReplaceAll(links, "/etc/prometheus/alerts.rules.yml", path))
	runTool(t, "promtool", "check", "rules", "--lint-fatal", path)
	for _, r := range rules(t, path) {
		if want := "https://git.example/octoeverywhere_exporter/blob/main/docs/runbooks/" + r.Alert + ".md"; r.Annotations.RunbookURL != want {
			t.Errorf("%s: runbook_url is %q", r.Alert, r.Annotations.RunbookURL)
		}
		if want := "https://grafana.example/d/octoeverywhere-exporter?from=now-6h" + dashboardVariables; r.Annotations.DashboardURL != want {
			t.Errorf("%s: dashboard_url is %q", r.Alert, r.Annotations.DashboardURL)
		}
	}
}

// TestDashboardLink: the link of an alert selects its labels in the dashboard, whatever characters they contain.
func TestDashboardLink(t *testing.T) {
	const prelude = "{{ $labels := .Labels }}" // as Prometheus does
	for _, c := range []struct {
		labels map[string]string
		want   string
	}{
		{map[string]string{"job": "octoeverywhere", "cluster": "", "site": "hall 2 & 3", "printer": "mk4-01"}, "&var-job=octoeverywhere&var-site=hall+2+%26+3&var-printer=mk4-01"},
		{map[string]string{"job": "octoeverywhere", "cluster": "eu"}, "&var-job=octoeverywhere&var-cluster=eu"},
		{nil, ""},
	} {
		var got strings.Builder
		parsed, err := texttemplate.New("").Option("missingkey=zero").Parse(prelude + dashboardVariables)
		if err == nil {
			err = parsed.Execute(&got, map[string]any{"Labels": c.labels})
		}
		if err != nil || got.String() != c.want {
			t.Errorf("%v: %s, want %s: %v", c.labels, got.String(), c.want, err)
		}
	}
	dashboard := readFile(t, "grafana/octoeverywhere.json")
	for _, part := range []string{`"uid": "octoeverywhere-exporter"`, `"name": "job"`, `"name": "cluster"`, `"name": "site"`, `"name": "printer"`} {
		if !strings.Contains(dashboard, part) {
			t.Errorf("the dashboard has no %s", part)
		}
	}
}
