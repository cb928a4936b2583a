package e2e

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestQuickStart runs the servers of docs/quick-start.md as shown, on free ports: both start with the shipped files, and amtool gets
// the alerts of the documented Alertmanager.
func TestQuickStart(t *testing.T) {
	t.Parallel()
	text := readText(t, "docs/quick-start.md")
	programs := map[string]string{
		"prometheus": testkit.Tool(t, "prometheus"), "alertmanager": testkit.Tool(t, "prometheus-alertmanager"), "amtool": testkit.Tool(t, "amtool"),
	}
	dir, address := t.TempDir(), map[string]string{"prometheus": testkit.FreeAddress(t), "alertmanager": testkit.FreeAddress(t)}
	var started []string
	for _, m := range regexp.MustCompile(`(?m)^(prometheus|alertmanager|amtool) (.+)$`).FindAllStringSubmatch(text, -1) {
		args := strings.Fields(strings.NewReplacer("/tmp/demo", dir, "127.0.0.1:9093", address["alertmanager"]).Replace(m[2]))
		if m[1] == "amtool" {
			if out, err := exec.CommandContext(t.Context(), programs[m[1]], args...).CombinedOutput(); err != nil || !strings.Contains(string(out), "Alertname") {
				t.Errorf("%s: %v\n%s", m[0], err, out)
			}
		} else {
			testkit.StartReady(t, exec.Command(programs[m[1]], append(args, "--web.listen-address="+address[m[1]])...), address[m[1]])
		}
		started = append(started, m[1])
	}
	if got := strings.Join(started, " "); got != "prometheus alertmanager amtool" {
		t.Errorf("docs/quick-start.md runs %q", got)
	}
}
