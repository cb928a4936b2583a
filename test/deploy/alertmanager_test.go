package deploy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const routing = "alertmanager/alertmanager.yml"

// TestAmtoolAcceptsTheRoutes checks the configuration.
func TestAmtoolAcceptsTheRoutes(t *testing.T) {
	run(t, "amtool", "check-config", routing)
}

// TestRoutes: each alert goes to whom its severity says.
func TestRoutes(t *testing.T) {
	receivers := map[string]string{"critical": "page", "warning": "ticket", "info": "chat"}
	want, got := map[string]string{}, map[string]string{}
	for _, r := range rules(t, alertRules) {
		want[r.Alert] = receivers[r.Labels.Severity]
		got[r.Alert] = receiverOf(t, "alertname="+r.Alert, "severity="+r.Labels.Severity, "cause="+r.Labels.Rung, "job=octoeverywhere")
	}
	want["something else"], got["something else"] = "ticket", receiverOf(t, "alertname=SomethingElse")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func receiverOf(t *testing.T, labels ...string) string {
	t.Helper()
	return strings.TrimSpace(run(t, "amtool", append([]string{"config", "routes", "test", "--config.file=" + routing}, labels...)...))
}

// TestReceiversAreToBeReplaced: nothing is sent anywhere before somebody has said where to.
func TestReceiversAreToBeReplaced(t *testing.T) {
	urls := regexp.MustCompile(`https?://[^'\s]+`).FindAllString(read(t, routing), -1)
	if d := cmp.Diff([]string{"http://page.invalid/", "http://ticket.invalid/", "http://chat.invalid/"}, urls); d != "" {
		t.Error(d)
	}
}
