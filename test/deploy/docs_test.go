package deploy

import (
	"fmt"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestDocumentIsUpToDate compares docs/alerts.md with the rules.
func TestDocumentIsUpToDate(t *testing.T) { testkit.Same(t, "../docs/alerts.md", document(t)) }

const aboutAlerts = `# Alerts

<!-- Made from deploy/prometheus by "go test ./deploy -run Document -update". -->

The rules are in [deploy/prometheus](../deploy/prometheus), the routes in
[deploy/alertmanager](../deploy/alertmanager/alertmanager.yml), a dashboard in [deploy/grafana](../deploy/grafana). They need
Prometheus 2.42 or newer (` + "`keep_firing_for`" + `) and Alertmanager 0.22 or newer.

` + "```sh" + `
cp deploy/prometheus/*.rules.yml /etc/prometheus/          # and name both in rule_files, as in deploy/prometheus/prometheus.yml
promtool test rules deploy/prometheus/tests/*.yml          # after a change of your own
# runbook_url is a path in this repository: put before it where you read it
sed -i 's|runbook_url: /docs|runbook_url: https://git.example/octoeverywhere_exporter/blob/main/docs|' /etc/prometheus/alerts.rules.yml
` + "```" + `

## What pages, and what does not

| severity | goes to | what |
| --- | --- | --- |
| critical | page | the exporter, the network or the service fails; a print is lost |
| warning | ticket | something that stays broken until somebody mends it |
| info | chat | what may well be on purpose |

**One cause, one notification.** A layer behind the one that fails is unknown and not exported, so that a printer has one fault at
a time. When a layer fails at half of the printers or more, that is one alert for all of them, and theirs are left out. At least two
printers have to fail (of a fleet of one: that one, for network and service), so that the same rules work for 3 printers and for
10,000. Shards of one fleet are targets of one job, and its alerts are of the job ([scaling](scaling.md)). Two Prometheus servers that watch the same
exporter send the same alerts, which Alertmanager takes for one.

**Printers that are switched off on purpose page nobody.** Without a print under way 785 is an info. With one, it is a lost print:
the only alert on a single printer that pages. Where the plugin's computer hangs on the same switch, its loss is a ticket
(PluginOffline, PluginOutage); if you switch off that way every evening, send these to the chat in your routes.

**Labels stay as they are while an alert fires.** Code and reason are not among them, unless the alert is of one reason; the
description asks for them. ` + "`instance` and `pod`" + `, which a restart of the exporter changes, are left out, and your configured labels
are kept.

**Times are written for printers that are probed every minute or two.** ` + "`for`" + ` rides out single probes, a restart of the service (31
seconds, seen for up to an interval) and the 785s of a plugin that starts; ` + "`keep_firing_for`" + ` a restart of the exporter. Where most of your
printers are probed less often, make ` + "`for`" + ` at least three intervals.

**Expect the job's name to begin with ` + "`octoeverywhere`" + `**: ExporterDown looks for it. All other rules take any name.

In Alertmanager causes are grouped by job and alert. What is behind a cause is inhibited along the ladder (exporter, network,
service, access, plugin, host, printer): each alert has the label ` + "`rung`" + ` for that.

## Objective

The objective for the layer service is that it works for 99.5 % of printers' time over 30 days. Time in which a layer is unknown does
not count, nor that of printers which were switched off on purpose (785 without a print under way).
` + "`octoeverywhere:availability:ratio30d`" + ` has it for each layer. An outage has its own alert; what fails for a part of the printers
is seen by how fast it spends the budget (ServiceBudgetBurnFast, ServiceBudgetBurnSlow).
`

// document is docs/alerts.md.
func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(aboutAlerts)
	alerts := groups(t, alertRules)
	b.WriteString("\n## All alerts\n\n| alert | severity | after | when |\n| --- | --- | --- | --- |\n")
	for _, g := range alerts {
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.Alert, strings.ToLower(r.Alert), r.Labels.Severity, strings.TrimPrefix(after(r), "after "), firstExample(t, r.Alert).Summary)
		}
	}
	for _, g := range alerts {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(g.Comment, "."))
		for _, r := range g.Rules {
			section(t, &b, r)
		}
	}
	b.WriteString("\n## Recorded\n\n| series | what |\n| --- | --- |\n")
	for _, g := range groups(t, recordingRules) {
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| `%s` | %s |\n", r.Record, r.Comment)
		}
	}
	return b.String()
}

// section is what is to be said of an alert. What it says is an example out of the tests of the rules.
func section(t *testing.T, b *strings.Builder, r rule) {
	a := firstExample(t, r.Alert)
	fmt.Fprintf(b, "\n### %s\n\nSeverity %s, %s; ends %s after its cause.", r.Alert, r.Labels.Severity, after(r), r.KeepFiringFor)
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

func after(r rule) string {
	if r.For == "" {
		return "at once"
	}
	return "after " + r.For
}

// firstExample is what an alert says in the first test in which it fires. That it does say so, promtool has checked.
func firstExample(t *testing.T, alert string) annotations {
	t.Helper()
	for _, path := range ruleTests(t) {
		for _, test := range ruleTestsOf(t, path) {
			for _, a := range test.AlertRuleTests {
				if a.Alert == alert && len(a.Want) > 0 {
					return a.Want[0].Annotations
				}
			}
		}
	}
	t.Fatalf("there is no test in which %s fires", alert)
	return annotations{}
}
