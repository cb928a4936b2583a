package web

import (
	"strings"

	"octoeverywhere_exporter/probe"
)

// copyText is a text that a reader takes elsewhere.
type copyText struct {
	ID, Title, About, Text string
	Long                   bool
}

func copyTexts(s *probe.Status, metrics string) []copyText {
	return []copyText{
		{ID: "matchers", Title: "Label set", About: "matches every alert of this printer, whichever layer fails: in a silence or a route of Alertmanager, or after the name of a metric in Prometheus", Text: "{" + strings.Join(matchers(s), ", ") + "}"},
		{ID: "silence", Title: "Silence", About: "for two hours", Text: silence(s)},
		{ID: "metrics", Title: "Metrics", About: "of this printer, as they are scraped", Text: metrics, Long: true},
	}
}

// matchers choose the alerts of a printer. The configured labels are among them: two exporters can each have a printer
// of that name. Which layer fails is not: not all alerts have it.
func matchers(s *probe.Status) []string {
	all := []string{"printer=" + quoted(s.Name)}
	for _, l := range sortedLabels(s) {
		all = append(all, l.Name+"="+quoted(l.Value))
	}
	return all
}

// quoted is a label's value as Prometheus and Alertmanager read it.
// Source: https://prometheus.io/docs/alerting/latest/configuration/#label-matchers
func quoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}

// silence is a command that silences a printer's alerts, for a POSIX shell.
func silence(s *probe.Status) string {
	words := []string{"amtool silence add --duration=2h --comment=" + shellWord("looked after")}
	for _, m := range matchers(s) {
		words = append(words, shellWord(m))
	}
	return strings.Join(words, " ")
}

func shellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
