package web

import (
	"strings"

	"octoeverywhere_exporter/probe"
)

// snippet is a text to copy.
type snippet struct {
	ID, Title, About, Text string
	Long                   bool // folded at first
}

func snippetsOf(s *probe.Status, metrics string) []snippet {
	return []snippet{
		{ID: "matchers", Title: "Label matchers", About: "select this printer's alerts in Alertmanager silences and routes, and its series in PromQL", Text: "{" + strings.Join(matchers(s), ", ") + "}"},
		{ID: "silence", Title: "Silence", About: "for two hours", Text: silenceCommand(s)},
		{ID: "metrics", Title: "Metrics", About: "of this printer, as scraped", Text: metrics, Long: true},
	}
}

// matchers select the alerts of a printer. The configured labels are among them, because two exporters can each have a
// printer of that name. The layer is not, because not all alerts have it.
func matchers(s *probe.Status) []string {
	all := []string{"printer=" + quoteLabelValue(s.Name)}
	for _, l := range sortedLabels(s) {
		all = append(all, l.Name+"="+quoteLabelValue(l.Value))
	}
	return all
}

// quoteLabelValue quotes as Prometheus and Alertmanager do.
// Source: https://prometheus.io/docs/alerting/latest/configuration/#label-matchers
func quoteLabelValue(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}

// silenceCommand is a command line for a POSIX shell that silences a printer's alerts.
func silenceCommand(s *probe.Status) string {
	words := []string{"amtool silence add --duration=2h --comment=" + shellQuote("maintenance")}
	for _, m := range matchers(s) {
		words = append(words, shellQuote(m))
	}
	return strings.Join(words, " ")
}

func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
