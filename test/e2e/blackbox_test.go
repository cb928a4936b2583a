package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// probeSeries requests /probe within a scrape timeout, as Prometheus does. It returns the series without their values.
func probeSeries(t *testing.T, p *testkit.Process, printer, scrapeTimeout string) (series []string, took time.Duration) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/probe?target="+printer, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", scrapeTimeout)
	begin := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", resp.Status, err)
	}
	took = time.Since(begin)
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			series = append(series, line[:strings.LastIndexByte(line, ' ')])
		}
	}
	return series, took
}

// TestBlackboxUsers: /probe has what dashboards and alerts for blackbox_exporter show, and loses no series within the scrape
// timeout while a printer hangs.
func TestBlackboxUsers(t *testing.T) {
	t.Parallel()
	edge := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/hangs/") {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, testkit.StatusResponse)
	}))
	edge.EnableHTTP2 = true
	edge.StartTLS()
	t.Cleanup(edge.Close)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", `defaults: {interval: 1m, timeout: 700ms, tls_config: {insecure_skip_verify: true}}
service: {url: %[1]q}
printers: [{name: responds, url: "%[1]s/responds"}, {name: hangs, url: "%[1]s/hangs"}]
`, edge.URL)
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--timeout-offset=0.6", "--collector.probe-latency", "--config.file="+path)
	p.Until("the edge is checked", func() bool { return len(p.Metrics("octoeverywhere_edge_certificate_expiry_timestamp_seconds")) == 1 })

	all, _ := probeSeries(t, p, "responds", "10")
	want := []string{
		"probe_dns_lookup_time_seconds", "probe_duration_seconds", `probe_http_duration_seconds{phase="connect"}`,
		`probe_http_duration_seconds{phase="processing"}`, `probe_http_duration_seconds{phase="resolve"}`, `probe_http_duration_seconds{phase="tls"}`,
		`probe_http_duration_seconds{phase="transfer"}`, "probe_http_redirects", "probe_http_ssl", "probe_http_status_code", "probe_http_version",
		"probe_ip_protocol", "probe_ssl_earliest_cert_expiry", "probe_success",
	}
	if d := cmp.Diff(want, all[len(all)-len(want):]); d != "" {
		t.Error(d)
	}

	before, _ := probeSeries(t, p, "hangs", "10") // waits for the verdict
	if !slices.Contains(before, "probe_success") || !slices.Contains(before, "probe_http_status_code") || !slices.Contains(before, `octoeverywhere_probe_latency_seconds_count{printer="hangs"}`) {
		t.Errorf("%q", before)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); p.Post("/-/probe?target=hangs") }() // with its ping it takes 1.4 s
	p.Until("a probe is in flight", func() bool { return p.Value("octoeverywhere_exporter_probes_in_flight") == 1 })
	during, took := probeSeries(t, p, "hangs", "1")
	if d := cmp.Diff(before, during); d != "" || took > time.Second {
		t.Errorf("after %v: %s", took, d)
	}
	<-ended
}
