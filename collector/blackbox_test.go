package collector

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// TestProbe: one printer, as in /metrics, and the metrics of blackbox_exporter as far as they are known.
func TestProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		l := born(t, "a", map[string]string{"site": "lab"})
		c := New(o)
		want := lines(`
			printer_enabled{area="",printer="a",site="lab",zone=""} 1
			probe_failures_total{area="",printer="a",site="lab",zone=""} 0
			probe_interval_seconds{area="",printer="a",site="lab",zone=""} 60
			probes_total{area="",printer="a",site="lab",zone=""} 0
			probe_http_ssl 1
			probe_ssl_earliest_cert_expiry 1.9e+09
		`)
		got := series(textOf(t, scraped(t, c.ProbeHandler(&l.Status, nil), "text/plain")))
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		l.responds(200, idle)
		open := textOf(t, scraped(t, c.ProbeHandler(&l.Status, nil), wantsOpenMetrics))
		if !strings.Contains(open, "\nprobe_success 1.0\n") || !strings.HasSuffix(open, "\n# EOF\n") {
			t.Error(open)
		}
		families := gathered(t, c.ProbeHandler(&l.Status, nil))
		if last := families[len(families)-1]; last.GetName() != "probe_success" || last.Metric[0].Gauge.GetValue() != 1 {
			t.Error(last)
		}
	})
}

// TestBlackboxMetrics: what is exported after each kind of probe. What is unknown is not.
func TestBlackboxMetrics(t *testing.T) {
	const onNew = `
		probe_dns_lookup_time_seconds 0.002
		probe_duration_seconds 0.12
		probe_http_duration_seconds{phase="connect"} 0.003
		probe_http_duration_seconds{phase="processing"} 0.09
		probe_http_duration_seconds{phase="resolve"} 0.002
		probe_http_duration_seconds{phase="tls"} 0.02
		probe_http_duration_seconds{phase="transfer"} 0.005
		probe_http_redirects 0
		probe_http_ssl 1
		probe_http_status_code 200
		probe_http_version 1.1
		probe_ip_protocol 6
		probe_ssl_earliest_cert_expiry 1.9e+09
		probe_success 1`
	for name, c := range map[string]struct {
		http    int
		results []probe.Result
		want    string
	}{
		"a new connection": {200, []probe.Result{{Attempt: probe.Attempt{
			HTTPStatus: 200, HTTPVersion: [2]uint8{1, 1}, IPProtocol: 6,
			Durations: [...]time.Duration{0, 2e6, 3e6, 20e6, 90e6, 5e6, 0},
		}}}, onNew},
		"an open connection": {601, []probe.Result{{Attempt: probe.Attempt{
			HTTPStatus: 601, HTTPVersion: [2]uint8{2, 0}, IPProtocol: 4, Reused: true,
			Durations: [...]time.Duration{0, 0, 0, 0, 90e6, 0, 0},
		}}}, `
		probe_dns_lookup_time_seconds 0
		probe_duration_seconds 0.12
		probe_http_duration_seconds{phase="connect"} 0
		probe_http_duration_seconds{phase="processing"} 0.09
		probe_http_duration_seconds{phase="resolve"} 0
		probe_http_duration_seconds{phase="tls"} 0
		probe_http_duration_seconds{phase="transfer"} 0
		probe_http_redirects 0
		probe_http_ssl 1
		probe_http_status_code 601
		probe_http_version 2
		probe_ip_protocol 4
		probe_ssl_earliest_cert_expiry 1.9e+09
		probe_success 0`},
		"no connection": {0, []probe.Result{{Attempt: probe.Attempt{Durations: [...]time.Duration{0, 120e6, 0, 0, 0, 0, 0}}}}, `
		probe_dns_lookup_time_seconds 0.12
		probe_duration_seconds 0.12
		probe_http_duration_seconds{phase="connect"} 0
		probe_http_duration_seconds{phase="processing"} 0
		probe_http_duration_seconds{phase="resolve"} 0.12
		probe_http_duration_seconds{phase="tls"} 0
		probe_http_duration_seconds{phase="transfer"} 0
		probe_http_redirects 0
		probe_http_ssl 1
		probe_http_status_code 0
		probe_http_version 0
		probe_ip_protocol 0
		probe_ssl_earliest_cert_expiry 1.9e+09
		probe_success 0`},
		"a request that the exporter canceled": {200, []probe.Result{{Canceled: true}}, `
		probe_duration_seconds 0.12
		probe_http_ssl 1
		probe_ssl_earliest_cert_expiry 1.9e+09
		probe_success 1`},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := born(t, "a", nil).responds(c.http, idle)
			got := ""
			for line := range strings.Lines(series(textOf(t, scraped(t, New(mixed(t)).ProbeHandler(&l.Status, c.results), "text/plain")))) {
				if !strings.Contains(line, "printer=") {
					got += line
				}
			}
			if d := cmp.Diff(lines(c.want), got); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		})
	}
}

// TestBlackboxWithoutEdge: neither a printer behind a proxy nor one without TLS has a certificate.
func TestBlackboxWithoutEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := born(t, "a", nil).responds(200, idle)
		l.Edge, l.TLS = "", false
		text := textOf(t, scraped(t, New(mixed(t)).ProbeHandler(&l.Status, nil), "text/plain"))
		if !strings.Contains(text, "\nprobe_http_ssl 0\n") || strings.Contains(text, "cert_expiry") {
			t.Error(text)
		}
	})
}
