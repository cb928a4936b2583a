package deploy

import (
	"fmt"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestDocumentIsUpToDate compares docs/alerts.md with the rules.
func TestDocumentIsUpToDate(t *testing.T) { testkit.Same(t, "../docs/alerts.md", document(t)) }

const documentHead = `# Alerts

<!-- Generated from deploy/prometheus by "go test ./test/deploy -run Document -update". -->

The rules are in [deploy/prometheus](../deploy/prometheus), routes for Alertmanager in
[deploy/alertmanager](../deploy/alertmanager/alertmanager.yml), a dashboard in [deploy/grafana](../deploy/grafana). They need
Prometheus 2.42 or newer (` + "`keep_firing_for`" + `) and Alertmanager 0.22 or newer.

` + "```sh" + `
cp deploy/prometheus/*.rules.yml /etc/prometheus/          # list both in rule_files, as in deploy/prometheus/prometheus.yml
promtool test rules deploy/prometheus/tests/*.yml          # after changes of your own
# runbook_url is a path in this repository: prepend the URL where you read it
sed -i 's|runbook_url: /docs|runbook_url: https://git.example/octoeverywhere_exporter/blob/main/docs|' /etc/prometheus/alerts.rules.yml
` + "```" + `

## Alert severities

| severity | receiver | meaning |
| --- | --- | --- |
| critical | page | the exporter, the network or the service is down, or a print is lost |
| warning | ticket | a fault that persists until somebody fixes it |
| info | chat | possibly intended |

**One cause, one notification.** Layers behind the failing layer are unknown and not exported, so a printer has one fault at a time.
If a layer is down for at least half of the printers, one alert covers all of them, and the alerts of single printers do not fire. At
least two printers must be affected (in a fleet of one: that printer, for network and service), so the same rules work for 3 printers
and for 10,000. Shards of one fleet are targets of one job, and its alerts are per job ([large fleets](scaling.md)). Two Prometheus
servers that scrape the same exporter send the same alerts, which Alertmanager deduplicates.

**Printers that are switched off while idle page nobody.** Without an active print, 785 is an info. With one, it is a lost print,
the only alert on a single printer that pages. If the plugin's computer shares the printer's power switch, its loss is a ticket
(PluginOffline, PluginOutage). If you switch off that way every evening, route these two to the chat.

**Labels do not change while an alert fires.** Code and reason are not labels, unless the alert is on one reason; the description
queries them. ` + "`instance` and `pod`" + ` are dropped, because they change when the exporter restarts. Your configured labels are kept.

**Durations assume that printers are probed every one or two minutes.** ` + "`for`" + ` covers single failed probes, a restart of the service
(31 seconds, visible for up to one interval) and the 785 of a plugin that is starting; ` + "`keep_firing_for`" + ` covers a restart of the
exporter. If most of your printers are probed less often, set ` + "`for`" + ` to at least three intervals.

**The job name must start with ` + "`octoeverywhere`" + `** for ExporterDown and ShardMissing. All other rules accept any name.

Alertmanager groups by job and alert name. Alerts on a layer are inhibited by alerts on a nearer layer, in the order exporter, network,
service, access, plugin, host, printer. The label ` + "`cause`" + ` of each alert holds this layer.

## Service level objective

The objective for layer service is to be up for 99.5 % of printer time over 30 days. Time in which a layer is unknown does not count, nor
does that of printers switched off while idle (785 without an active print). ` + "`octoeverywhere:availability:ratio30d`" + ` is the
availability per layer. Outages have their own alert; ServiceBudgetBurnFast and ServiceBudgetBurnSlow fire when faults of some printers
spend the error budget too fast.
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
	fmt.Fprintf(b, "\n### %s\n\nSeverity %s; fires after %s, resolves after %s.", r.Alert, r.Labels.Severity, delay(r), r.KeepFiringFor)
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
