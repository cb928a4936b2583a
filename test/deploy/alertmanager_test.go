package deploy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const routing = "alertmanager/alertmanager.yml"

// TestAmtoolAcceptsConfiguration: amtool accepts the configuration of Alertmanager.
func TestAmtoolAcceptsConfiguration(t *testing.T) {
	runTool(t, "amtool", "check-config", routing)
}

// TestRoutes: each alert is routed to the receiver of its severity.
func TestRoutes(t *testing.T) {
	receivers := map[string]string{"critical": "page", "warning": "ticket", "info": "chat", "none": "deadman"}
	want, got := map[string]string{}, map[string]string{}
	for _, r := range rules(t, alertRules) {
		want[r.Alert] = receivers[r.Labels.Severity]
		got[r.Alert] = receiverOf(t, "alertname="+r.Alert, "severity="+r.Labels.Severity, "cause="+r.Labels.Cause, "job=octoeverywhere")
	}
	want["something else"], got["something else"] = "ticket", receiverOf(t, "alertname=SomethingElse")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func receiverOf(t *testing.T, labels ...string) string {
	t.Helper()
	return strings.TrimSpace(runTool(t, "amtool", append([]string{"config", "routes", "test", "--config.file=" + routing}, labels...)...))
}

// TestReceiversArePlaceholders: the shipped configuration sends notifications to invalid hosts only.
func TestReceiversArePlaceholders(t *testing.T) {
	urls := regexp.MustCompile(`https?://[^'\s]+`).FindAllString(readFile(t, routing), -1)
	if d := cmp.Diff([]string{
		"http://page.invalid/", "http://ticket.invalid/", "http://chat.invalid/", "http://deadman.invalid/",
		"http://slack.invalid/", "http://ntfy.invalid/printers?template=alertmanager",
	}, urls); d != "" {
		t.Error(d)
	}
}
