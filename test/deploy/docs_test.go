package deploy

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestDocumentIsUpToDate compares docs/alerts.md with the rules.
func TestDocumentIsUpToDate(t *testing.T) { testkit.Same(t, "../docs/alerts.md", document(t)) }

const documentHead = `# Alerts

<!-- Generated from deploy/prometheus by "go test ./test/deploy -run Document -update". -->

The rules are in [deploy/prometheus](../deploy/prometheus), routes and templates for Alertmanager in
[deploy/alertmanager](../deploy/alertmanager/alertmanager.yml), a dashboard in [deploy/grafana](../deploy/grafana). They need
Prometheus 2.42 or newer (` + "`keep_firing_for`" + `) and Alertmanager 0.22 or newer.

` + "```sh" + `
cp deploy/prometheus/*.rules.yml /etc/prometheus/          # list both in rule_files, as in deploy/prometheus/prometheus.yml
cp deploy/alertmanager/octoeverywhere.tmpl /etc/alertmanager/
promtool test rules deploy/prometheus/tests/*.yml          # after changes of your own
# runbook_url is a path in this repository: prepend the URL where you read it, or delete these lines
sed -i 's|runbook_url: /docs|runbook_url: https://git.example/octoeverywhere_exporter/blob/main/docs|' /etc/prometheus/alerts.rules.yml
` + "```" + `

Start Prometheus with

` + "```sh" + `
prometheus --rules.alert.for-grace-period=1m --rules.alert.resend-delay=5m
` + "```" + `

The first restores alerts whose ` + "`for`" + ` is below ten minutes after a restart. With the second, Alertmanager keeps an alert for 20
minutes without hearing of it, instead of four: a reboot of Prometheus then resolves nothing.

## Alert severities

| severity | receiver | meaning |
| --- | --- | --- |
| critical | page | the exporter, the network or the service is down, prints are unmonitored, lost or have failed |
| warning | ticket | a fault that persists until somebody fixes it |
| info | chat | possibly intended |
| none | deadman | Watchdog: always fires, so that its absence can be noticed |

**The exporter remembers, the rules do not.** Lost prints, printers that were switched off, and how prints end are metrics of the
exporter. Rules compare ages that it exports with thresholds, so neither a failed scrape nor a restart starts or ends an alert. Pages on
outages and lost prints stay while the exporter is not scraped, until a scrape shows that they are over.

**One cause, one notification.** Layers behind the failing layer are unknown and not exported, so a printer has one fault at a time.
Network and service are told per job and cluster, access and plugin per site; then the alerts of single printers do not notify. At
least two printers must be affected (in a fleet of one: that printer, unless it may be its plugin that does not respond), so the same
rules work for 3 printers and for 10,000. Two Prometheus servers that scrape the same exporter send the same alerts, which Alertmanager
deduplicates. [How this is tested](internals/alerting.md) lists incidents and their notifications.

**Nothing pages before two probes of a printer agree**, whatever its interval.

**A page that is repeated is damped.** A print that is lost repeatedly pages twice within six hours, then only for gaps of more than
30 minutes; a ticket says how often. A lost print pages for twelve hours, then it is a ticket.

**Printers that are switched off while idle page nobody.** They are an info. During a print, it is a lost print. If the plugin's computer
shares the printer's power switch, set ` + "`plugin_shares_power`" + ` ([configuration](configuration.md)). A pause by a user is no ticket.

**Labels do not change while an alert fires.** Code and reason are not labels; the description queries them. ` + "`instance` and `pod`" + ` are
dropped, because they change when the exporter restarts. Your configured labels are kept.

**Scope.** Give each printer a label ` + "`site`" + `, and each Prometheus an external label ` + "`cluster`" + ` if several share an Alertmanager: groups,
inhibition and silences are per job, cluster and site. Labels that are not configured are empty.

**The job name must start with ` + "`octoeverywhere`" + `** for ExporterDown, ShardMissing and the dashboard. All other rules
accept any name.

## Changing thresholds, and single alerts

Thresholds are the first rules of recording.rules.yml, once each (` + "`octoeverywhere:config:…`" + ` below). Change the number in ` + "`vector(…)`" + `.
The Helm chart changes single alerts from its values ([Kubernetes](kubernetes.md)). Without it, a program such as yq does, so that the
file can be replaced by a newer one:

` + "```sh" + `
yq -i '(.groups[].rules[] | select(.alert == "OctoEverywherePrinterOff")).labels.severity = "none"' alerts.rules.yml
yq -i 'del(.groups[].rules[] | select(.alert == "OctoEverywhereFlapping"))' alerts.rules.yml
` + "```" + `

## Service level objective

The objective for layer service is to be up for 99.5 % of printer time over 30 days. Time in which a layer is unknown does not count;
printers that are switched off count as up. ` + "`octoeverywhere:availability:ratio30d`" + ` is the availability per layer. Outages have their own
alert, RecurringOutages tells of outages that are too short for it, and ServiceBudgetBurnFast and ServiceBudgetBurnSlow fire when faults
of some printers spend the error budget too fast.

## Dashboard

[deploy/grafana/octoeverywhere.json](../deploy/grafana/octoeverywhere.json) has lost prints by name, firing alerts, a row per site, a
timeline of layers, prints by outcome, latency, the exporters, and the printers that are selected. Import it into Grafana 10 or newer, or
let [Compose](deployment.md#compose) or the [chart](kubernetes.md) provision it. It reads the recording rules. Links to a printer's page
need ` + "`--web.external-url`" + `. Only data of a successful scrape is shown in green, or as zero.

With 10,000 printers at 20 sites, a tenth of them failing, each of its 74 queries over six hours took at most 0.03 s of CPU time, and
half of them less than 0.001 s (` + "`go test -run DashboardSpeed -dashboard=10000 -v .`" + ` in test/alerting).
`

// document returns docs/alerts.md.
func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(documentHead)
	alerts := groups(t, alertRules)
	b.WriteString("\n## All alerts\n\n| alert | severity | for | example |\n| --- | --- | --- | --- |\n")
	for _, g := range alerts {
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.Alert, strings.ToLower(r.Alert), r.Labels.Severity, delay(r), firstExample(t, r.Alert).Summary)
		}
	}
	for _, g := range alerts {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(g.Comment, "."))
		for _, r := range g.Rules {
			writeSection(t, &b, r)
		}
	}
	b.WriteString("\n## Recording rules\n\n| series | meaning |\n| --- | --- |\n")
	for _, g := range groups(t, recordingRules) {
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| `%s` | %s |\n", r.Record, r.Comment)
		}
	}
	return b.String()
}

// writeSection writes the section of an alert. Its texts are an example from the rule tests.
func writeSection(t *testing.T, b *strings.Builder, r rule) {
	a := firstExample(t, r.Alert)
	fmt.Fprintf(b, "\n### %s\n\nSeverity %s; fires after %s, resolves after %s.", r.Alert, r.Labels.Severity, delay(r), cmp.Or(r.KeepFiringFor, "0s"))
	if r.Comment != "" {
		fmt.Fprintf(b, " %s", r.Comment)
	}
	fmt.Fprintf(b, "\n\n> **%s**\n>\n", a.Summary)
	for line := range strings.SplitSeq(a.Description, "\n") {
		fmt.Fprintf(b, "> %s  \n", line)
	}
	link := strings.TrimPrefix(strings.TrimPrefix(r.Annotations.RunbookURL, "/docs/"), "alerts.md")
	fmt.Fprintf(b, "> [%s](%s)\n\n```promql\n%s\n```\n", r.Annotations.RunbookURL, link, strings.TrimSpace(r.Expr))
}

// delay returns how long the expression must hold before the alert fires.
func delay(r rule) string {
	if r.For == "" {
		return "0s"
	}
	return r.For
}

// firstExample returns the annotations in the first rule test in which an alert fires. promtool verifies them.
func firstExample(t *testing.T, alert string) annotations {
	t.Helper()
	for _, path := range ruleTests(t) {
		for _, test := range loadRuleTests(t, path) {
			for _, a := range test.AlertRuleTests {
				if a.Alert == alert && len(a.Want) > 0 {
					return a.Want[0].Annotations
				}
			}
		}
	}
	t.Fatalf("no rule test in which %s fires", alert)
	return annotations{}
}
