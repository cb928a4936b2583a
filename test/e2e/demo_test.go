package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestDemoShowsAFaultAtEveryLayer: 601, 785 and 789 first of all.
func TestDemoShowsAFaultAtEveryLayer(t *testing.T) {
	t.Parallel()
	p := testkit.Serve(t, "demo")
	for _, want := range [][]string{
		{`code="601"`}, {`code="785"`}, {`code="789"`}, {`layer="network"`}, {`layer="service"`}, {`layer="access"`}, {`layer="printer"`},
	} {
		p.Until(strings.Join(want, " "), func() bool { return len(p.Metrics(append(want, "last_error{", "} 1")...)) > 0 })
	}
	p.Until("most are healthy", func() bool { return len(p.Metrics("probe_success{", "} 1")) >= 10 })
	if status, page := p.Get("/"); status != 200 || !strings.Contains(page, "x1c-03") {
		t.Errorf("%d %s", status, page)
	}
	if !strings.Contains(p.Output(), "Simulated failures:") {
		t.Error(p.Output())
	}
}

func TestPromtoolAcceptsDemo(t *testing.T) {
	t.Parallel()
	promtool := testkit.Tool(t, "promtool")
	p := testkit.Serve(t, "demo", "--collector.probe-latency")
	p.Until("all are probed", func() bool { return len(p.Metrics("probe_success{")) == 24 })
	for _, path := range []string{"/metrics", "/probe?target=mk4-01", "/probe?target=p1s-04"} {
		_, text := p.Get(path)
		check := exec.Command(promtool, "check", "metrics")
		check.Stdin = strings.NewReader(text)
		if out, err := check.CombinedOutput(); err != nil || len(out) != 0 || !strings.Contains(text, "probe_success") {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
	}
}

// TestPrometheusScrapesDemo with a real Prometheus, and queries what users query. It scrapes in protobuf, which alone has native
// histograms.
func TestPrometheusScrapesDemo(t *testing.T) {
	t.Parallel()
	prometheus := testkit.Tool(t, "prometheus")
	p := testkit.Serve(t, "demo", "--collector.probe-latency")
	dir, at := t.TempDir(), testkit.FreeAddress(t)
	config := testkit.WriteFile(t, dir, "prometheus.yml", "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: octoeverywhere, static_configs: [{targets: [%q]}]}]\n",
		strings.TrimPrefix(p.URL, "http://"))
	cmd := exec.Command(prometheus, "--config.file="+config, "--storage.tsdb.path="+dir+"/data", "--web.listen-address="+at, "--log.level=error", "--enable-feature=native-histograms")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })

	for query, holds := range map[string]func(map[string]string) bool{
		`count by (layer) (octoeverywhere_layer_up == 0)`:                            func(r map[string]string) bool { return len(r) == 6 },
		`count by (code) (octoeverywhere_last_error == 1)`:                           func(r map[string]string) bool { return r["601"] != "" && r["785"] != "" && r["789"] != "" },
		`count by (job) (octoeverywhere_probe_success == 1)`:                         func(r map[string]string) bool { return len(r) == 1 },
		`count by (job) (histogram_count(octoeverywhere_probe_latency_seconds) > 0)`: func(r map[string]string) bool { return len(r) == 1 },
		`sum by (job) (scrape_samples_scraped) > 0`:                                  func(r map[string]string) bool { return len(r) == 1 },
	} {
		p.Until(query, func() bool { return holds(instantQuery(at, query)) })
	}
}

// instantQuery returns the result of a query to Prometheus: the value by the value of the only label.
func instantQuery(at, query string) map[string]string {
	resp, err := http.Get("http://" + at + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	var response struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if json.NewDecoder(resp.Body).Decode(&response) != nil {
		return nil
	}
	values := map[string]string{}
	for _, r := range response.Data.Result {
		for _, label := range r.Metric {
			values[label] = fmt.Sprint(r.Value[1])
		}
	}
	return values
}
