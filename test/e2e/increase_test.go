package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestIncreaseSeesTheFirstFault: a real Prometheus counts the first fault of a printer, because its counter was scraped as 0
// before. The counter of the code begins at 1, which increase() does not see.
func TestIncreaseSeesTheFirstFault(t *testing.T) {
	t.Parallel()
	prometheus := testkit.Tool(t, "prometheus")
	relay, responses := relayOf(t)
	dir, at := t.TempDir(), testkit.FreeAddress(t)
	p := testkit.Serve(t, "serve", "--config.file="+testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a")))
	config := testkit.WriteFile(t, dir, "prometheus.yml", "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: octoeverywhere, static_configs: [{targets: [%q]}]}]\n",
		strings.TrimPrefix(p.URL, "http://"))
	cmd := exec.Command(prometheus, "--config.file="+config, "--storage.tsdb.path="+dir+"/data", "--web.listen-address="+at, "--log.level=error")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })

	p.Until("a healthy printer was scraped", func() bool {
		return instantQuery(at, `sum by (printer) (octoeverywhere_probe_success == 1)`)["a"] != "" && instantQuery(at, `sum by (printer) (octoeverywhere_probe_failures_total)`)["a"] == "0"
	})
	responses.Store(&map[string]string{"a": `{"Status":785}`})
	p.Until("increase() sees the fault", func() bool {
		return instantQuery(at, `sum by (printer) (increase(octoeverywhere_probe_failures_total[1m])) > 0`)["a"] != ""
	})
}
