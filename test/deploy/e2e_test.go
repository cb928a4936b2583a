//go:build !race

package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestNotifications runs the exporter, Prometheus, Alertmanager and a receiver of notifications on a simulated fleet of 50
// printers, with the shipped files. Only addresses are substituted, and durations are divided by speedup. Five incidents overlap:
// a changed access code, a lost print, printers that are switched off, an outage of the service, and in it one of the exporter.
func TestNotifications(t *testing.T) {
	skipUnlessLong(t, "two minutes")
	testkit.Tool(t, "prometheus")
	testkit.Tool(t, "prometheus-alertmanager")
	const printers = 50
	idle := idlePrinters(t, printers, 1)
	if len(idle) < 12 {
		t.Fatalf("only %d of %d printers never print", len(idle), printers)
	}
	lockedOut, lost, off := idle[0], idle[1], idle[2:12]

	relay, exporter := startFleet(t, printers)
	scraped := newGate(t, exporter.URL)
	received := &notifications{began: time.Now()}
	receiver := httptest.NewServer(received)
	defer receiver.Close()
	am := startAlertmanager(t, writeFile(t, t.TempDir(), "alertmanager.yml", substitute(accelerate(readFile(t, routing)),
		"http://page.invalid/", receiver.URL+"/page", "http://ticket.invalid/", receiver.URL+"/ticket", "http://chat.invalid/", receiver.URL+"/chat")))
	prom := startPrometheus(t, "prometheus/prometheus.yml", scraped.URL, am)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("notifications:\n%s\nsamples of up:\n%s", strings.Join(received.log(), "\n"), prom.samples("up"))
		}
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	firing := func(alert string, n int) func() bool {
		return prom.queryEquals(fmt.Sprintf(`count(ALERTS{alertname="OctoEverywhere%s",alertstate="firing"})`, alert), n)
	}

	prom.Until("all printers are up", prom.queryEquals("count(octoeverywhere_probe_success == 1)", printers))
	must(relay.SetFault(lockedOut, simulator.AuthInvalid))
	must(relay.StartPrint(lost))
	prom.Until("the print is active", prom.queryEquals(fmt.Sprintf("count(octoeverywhere_printer_state{printer=%q,state=~\"warmingup|printing\"} == 1)", lost), 1))
	for _, name := range append(off, lost) {
		must(relay.SwitchOff(name))
	}
	am.Until("a page reports the lost print", received.has("page: firing PrintLost "+lost))
	am.Until("a ticket reports the changed access code", received.has("ticket: firing HostFailing "+lockedOut))
	prom.Until("the other printers have been off for long enough", firing("PrinterOff", len(off)))

	relay.ServiceDown()
	am.Until("a page reports the outage of the service", received.has("page: firing ServiceOutage"))
	scraped.closed.Store(true)
	am.Until("a page reports that the exporter is down", received.has("page: firing ExporterDown"))
	relay.ServiceUp()
	if resolved := "page: resolved ServiceOutage"; received.has(resolved)() {
		t.Errorf("%s, while nothing is known", resolved)
	}
	scraped.closed.Store(false)
	am.Until("the page on the exporter is resolved", received.has("page: resolved ExporterDown"))
	am.Until("the page on the service is resolved", received.has("page: resolved ServiceOutage"))
	prom.Until("the print is still lost", firing("PrintLost", 1))
	prom.Until("the access code is still wrong", firing("HostFailing", 1))
	time.Sleep(12 * time.Second) // longer than Alertmanager's group_interval, so that unexpected notifications arrive

	want := []string{
		"page: firing ExporterDown",
		"page: firing PrintLost " + lost,
		"page: firing ServiceOutage",
		"page: resolved ExporterDown",
		"page: resolved ServiceOutage",
		"ticket: firing HostFailing " + lockedOut,
	}
	if d := cmp.Diff(want, received.pagesAndTickets()); d != "" {
		t.Errorf("notifications:\n%s", d)
	}
	for _, text := range received.texts() {
		if strings.Contains(text, "<no value>") || strings.Contains(text, "<error expanding") {
			t.Errorf("template not expanded: %s", text)
		}
	}
	prom.checkRuleHealth()
	for file, d := range dashboards(t) {
		for _, expr := range d.queries() {
			if n, err := prom.seriesCount(expr); err != nil || n == 0 && !strings.HasSuffix(expr, "> 0") {
				t.Errorf("%s: %d series, %v:\n%s", file, n, err, expr)
			}
		}
	}
}

// TestMultiTarget: with one target per printer, the series have the same labels as with a single scrape.
func TestMultiTarget(t *testing.T) {
	skipUnlessLong(t, "20 seconds")
	testkit.Tool(t, "prometheus")
	testkit.Tool(t, "prometheus-alertmanager")
	const printers = 6
	_, exporter := startFleet(t, printers)
	am := startAlertmanager(t, routing)
	p := startPrometheus(t, "prometheus/prometheus-multi-target.yml", exporter.URL, am)
	p.Until("all printers and the exporter are scraped", p.queryEquals("count(up == 1)", printers+1))
	p.Until("all series have the same job and instance, and the configured labels", p.queryEquals(
		`count(count by (job, instance, printer, site, model) (octoeverywhere_layer_up{layer="network",job="octoeverywhere",site!="",model!=""}))`, printers))
	p.Until("the exporter's own metrics exist once", p.queryEquals(`count({__name__=~"octoeverywhere_exporter_printers"})`, 1))
	p.Until("the rules cover all printers", p.queryEquals(`sum(octoeverywhere:layer_known:count{layer="network",job="octoeverywhere"})`, printers))
	if p.queryEquals(`count({exported_printer!=""} or {exported_site!=""})`, printers)() {
		t.Error("labels were renamed")
	}
}

// startFleet starts a simulated fleet, and an exporter process that probes it.
func startFleet(t *testing.T, printers int) (*simulator.Relay, *process) {
	t.Helper()
	relay, config := startRelay(t, simulator.Options{Printers: printers}, simulator.ConfigOptions{Interval: time.Minute / speedup, Timeout: 1500 * time.Millisecond})
	return relay, startExporter(t, config)
}

// startRelay starts a simulated relay with low latency, and returns the exporter's configuration for it.
func startRelay(t *testing.T, f simulator.Options, o simulator.ConfigOptions) (*simulator.Relay, string) {
	t.Helper()
	f.Seed, f.Latency = 1, simulator.Latency{Min: 5 * time.Millisecond, Max: 50 * time.Millisecond}
	relay := simulator.New(f)
	server, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	var config strings.Builder
	if err := server.WriteConfig(&config, o); err != nil {
		t.Fatal(err)
	}
	return relay, config.String()
}

// startExporter starts an exporter process.
func startExporter(t *testing.T, config string) *process {
	t.Helper()
	return &process{testkit.Serve(t, "--config.file="+writeFile(t, t.TempDir(), "config.yaml", config), "--storage.path="+t.TempDir()), t}
}

// startPrometheus starts Prometheus with a shipped configuration and the rules.
func startPrometheus(t *testing.T, config, exporter string, am *process) *process {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{recordingRules, alertRules} {
		writeFile(t, dir, filepath.Base(path), accelerate(readFile(t, path)))
	}
	file := writeFile(t, dir, "prometheus.yml", substitute(accelerate(readFile(t, config)),
		"scrape_timeout: 333ms", "scrape_timeout: 1s", // a busy machine is no outage
		"127.0.0.1:10059", strings.TrimPrefix(exporter, "http://"), "127.0.0.1:9093", strings.TrimPrefix(am.URL, "http://")))
	address := testkit.FreeAddress(t)
	return startReady(t, testkit.Tool(t, "prometheus"), address, "/-/ready",
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
}

// queryEquals returns a condition: a query returns one sample with this value.
func (p *process) queryEquals(query string, number int) func() bool {
	return func() bool {
		var response struct {
			Data struct {
				Result []struct{ Value [2]any }
			}
		}
		return p.getJSON("/api/v1/query?query="+url.QueryEscape(query), &response) &&
			len(response.Data.Result) == 1 && response.Data.Result[0].Value[1] == fmt.Sprint(number)
	}
}

// seriesCount returns the number of series that a query returns.
func (p *process) seriesCount(query string) (series int, err error) {
	var response struct {
		Error string
		Data  struct{ Result []any }
	}
	resp, err := http.Get(p.URL + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&response); err != nil {
		return 0, err
	}
	if response.Error != "" {
		return 0, errors.New(response.Error)
	}
	return len(response.Data.Result), nil
}

// checkRuleHealth checks the health of all rules: some errors occur only on real series.
func (p *process) checkRuleHealth() {
	p.t.Helper()
	var response struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	checked := 0
	p.getJSON("/api/v1/rules", &response)
	for _, g := range response.Data.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" {
				p.t.Errorf("%s: %s %s", r.Name, r.Health, r.LastError)
			}
			checked++
		}
	}
	if want := len(rules(p.t, recordingRules, alertRules)); checked != want {
		p.t.Errorf("Prometheus has %d rules, want %d", checked, want)
	}
}
