package e2e

import (
	"net/http"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestShownConfiguration: /config shows the configuration in effect as it was written, without secrets. PUT reloads as POST does,
// and after a failed reload the old configuration is shown.
func TestShownConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", idlePrinters(2)+"# canary\nprinter_files: [more/*.yaml]\n")
	testkit.WriteFile(t, dir, "more/a.yaml", "- {name: another printer with a long name, url: \"http://127.0.0.1:1/canary\", basic_auth: {username: canary, password: canary}}\n")
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	shown := func() string {
		t.Helper()
		status, body := p.Get("/config")
		if status != http.StatusOK || strings.Contains(body, "canary") || strings.Contains(body, "127.0.0.1") {
			t.Errorf("%d %s", status, body)
		}
		return strings.ReplaceAll(body, dir+"/", "")
	}
	const want = `# "config.yaml"
defaults: {interval: 1h, timeout: 1s, labels: {site: lab}}
service: {url: <secret>}
printers:
- {name: printer-0, url: <secret>, authorization: {credentials: <secret>}}
- {name: printer-1, url: <secret>, authorization: {credentials: <secret>}}
printer_files: [more/*.yaml]
---
# "more/a.yaml"
- {name: another printer with a long name, url: <secret>, basic_auth: {username: <secret>, password: <secret>}}
`
	if got := shown(); got != want {
		t.Errorf("%s", got)
	}
	testkit.WriteFile(t, dir, "config.yaml", "printers: [{nam: canary}]\n")
	if status, body := p.Send(http.MethodPut, "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(body, `did you mean "name"?`) {
		t.Errorf("%d %s", status, body)
	}
	if got := shown(); got != want {
		t.Errorf("after a failed reload: %s", got)
	}
	testkit.WriteFile(t, dir, "config.yaml", "%s", idlePrinters(1))
	if status, body := p.Send(http.MethodPut, "/-/reload"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if got := shown(); !strings.HasSuffix(got, "printers:\n- {name: printer-0, url: <secret>, authorization: {credentials: <secret>}}\n") {
		t.Errorf("after a reload: %s", got)
	}
}

// TestMetricsOfTheExporter: those of Go and of the process can be left out. build_info has the labels that it has everywhere.
func TestMetricsOfTheExporter(t *testing.T) {
	t.Parallel()
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(1))
	p := testkit.Serve(t, "serve", "--config.file="+path, "--web.disable-exporter-metrics", "--web.external-url=https://example.com")
	if lines := append(p.Metrics("go_"), p.Metrics("process_")...); len(lines) > 1 || len(lines) == 1 && !strings.Contains(lines[0], "build_info") {
		t.Errorf("%q", lines)
	}
	info := p.Metrics("octoeverywhere_exporter_build_info{")
	for _, label := range []string{"version", "revision", "branch", "goversion", "goos", "goarch", "tags"} {
		if len(info) != 1 || !strings.Contains(info[0], label+`="`) {
			t.Errorf("%s is not in %q", label, info)
		}
	}
	if lines := p.Metrics(`octoeverywhere_exporter_info{external_url="https://example.com/"} 1`); len(lines) != 1 {
		t.Errorf("%q", p.Metrics("octoeverywhere_exporter_info"))
	}
}
