//go:build !race

package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/simulator"
)

// TestWhoIsTold runs everything as it is deployed: exporter, Prometheus, Alertmanager and whoever receives their
// notifications, on a simulated fleet of 50. The files are those that are shipped; only addresses are filled in, and a
// minute is two seconds.
func TestWhoIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute and a half")
	}
	tool(t, "prometheus")
	tool(t, "prometheus-alertmanager")
	const printers = 50
	idle := idlePrinters(t, printers, 1)
	if len(idle) < 12 {
		t.Fatalf("only %d of %d printers are always idle", len(idle), printers)
	}
	lockedOut, lost, off := idle[0], idle[1], idle[2:12]

	relay, exporter := fleet(t, printers)
	told := &notifications{}
	receiver := httptest.NewServer(told)
	defer receiver.Close()
	am := alertmanager(t, write(t, t.TempDir(), "alertmanager.yml", fill(accelerate(read(t, routing)),
		"http://page.invalid/", receiver.URL+"/page", "http://ticket.invalid/", receiver.URL+"/ticket", "http://chat.invalid/", receiver.URL+"/chat")))
	prom := prometheus(t, "prometheus/prometheus.yml", exporter, am)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	prom.until("all printers are known to be well", prom.says("count(octoeverywhere_probe_success == 1)", printers))

	must(relay.SetFault(lockedOut, simulator.AuthInvalid))
	am.until("a ticket says that a plugin is locked out", told.has("ticket: firing AuthInvalid "+lockedOut))

	relay.ServiceDown()
	am.until("a page says that the service is out", told.has("page: firing ServiceOutage"))
	relay.ServiceUp()
	am.until("the page is resolved", told.has("page: resolved ServiceOutage"))

	must(relay.StartPrint(lost))
	prom.until("the print is seen", prom.says(fmt.Sprintf("count(octoeverywhere_printer_state{printer=%q,state=~\"warmingup|printing\"} == 1)", lost), 1))
	must(relay.SwitchOff(lost))
	for _, name := range off {
		must(relay.SwitchOff(name))
	}
	am.until("a page says that the print is lost", told.has("page: firing PrintLost "+lost))
	prom.until("the others are known to be off, for long enough",
		prom.says(`count(ALERTS{alertname="OctoEverywhereHostDisconnected",alertstate="firing"})`, len(off)))
	prom.until("the plugin is still locked out",
		prom.says(`count(ALERTS{alertname="OctoEverywhereAuthInvalid",alertstate="firing"})`, 1))
	time.Sleep(12 * time.Second) // more than Alertmanager's group_interval: whatever else was to be told would be by now

	want := []string{
		"page: firing PrintLost " + lost,
		"page: firing ServiceOutage",
		"page: resolved ServiceOutage",
		"ticket: firing AuthInvalid " + lockedOut,
	}
	if d := cmp.Diff(want, told.toPeople()); d != "" {
		t.Errorf("who was told what:\n%s", d)
	}
	for _, text := range told.texts() {
		if strings.Contains(text, "<no value>") || strings.Contains(text, "<error expanding") {
			t.Errorf("a text was not filled in: %s", text)
		}
	}
	prom.everyRuleWorks()
	for file, d := range dashboards(t) {
		for _, expr := range d.queries() {
			if n, err := prom.ask(expr); err != nil || n == 0 {
				t.Errorf("%s: %d series, %v:\n%s", file, n, err, expr)
			}
		}
	}
}

// TestMultiTarget: with a target for each printer Prometheus knows the same, under the same labels.
func TestMultiTarget(t *testing.T) {
	tool(t, "prometheus")
	tool(t, "prometheus-alertmanager")
	const printers = 6
	_, exporter := fleet(t, printers)
	am := alertmanager(t, routing)
	p := prometheus(t, "prometheus/prometheus-multi-target.yml", exporter, am)
	p.until("all printers are scraped, and the exporter", p.says("count(up == 1)", printers+1))
	p.until("all are of one job and instance, and have their labels", p.says(
		`count(count by (job, instance, printer, site, model) (octoeverywhere_layer_up{layer="network",job="octoeverywhere",site!="",model!=""}))`, printers))
	p.until("there is one of the exporter's own metrics", p.says(`count({__name__=~"octoeverywhere_exporter_printers"})`, 1))
	p.until("the rules know all printers", p.says(`octoeverywhere:layer_known:count{layer="network",job="octoeverywhere"}`, printers))
	if p.says(`count({exported_printer!=""} or {exported_site!=""})`, printers)() {
		t.Error("labels were renamed")
	}
}

// fleet starts a simulated fleet, and the exporter as a process that probes it.
func fleet(t *testing.T, printers int) (*simulator.Relay, *process) {
	t.Helper()
	relay, config := simulated(t, simulator.Options{Printers: printers}, simulator.ConfigOptions{Interval: time.Minute / faster, Timeout: 1500 * time.Millisecond})
	return relay, startExporter(t, config)
}

// simulated starts a fleet that answers fast, and gives the configuration that fits it.
func simulated(t *testing.T, f simulator.Options, o simulator.ConfigOptions) (*simulator.Relay, string) {
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

// startExporter starts the exporter as a process.
func startExporter(t *testing.T, config string) *process {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "exporter")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	address := freeAddress(t)
	return launch(t, "exporter", binary, address, "/-/ready",
		"--config.file="+write(t, dir, "config.yaml", config), "--web.listen-address="+address)
}

// prometheus starts one with a configuration as it is shipped, and with the rules.
func prometheus(t *testing.T, config string, exporter, am *process) *process {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{recordingRules, alertRules} {
		write(t, dir, filepath.Base(path), accelerate(read(t, path)))
	}
	file := write(t, dir, "prometheus.yml", fill(accelerate(read(t, config)),
		"127.0.0.1:10059", strings.TrimPrefix(exporter.url, "http://"), "127.0.0.1:9093", strings.TrimPrefix(am.url, "http://")))
	address := freeAddress(t)
	return launch(t, "prometheus", tool(t, "prometheus"), address, "/-/ready",
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
}

// says reports whether a query answers with one number, this one.
func (p *process) says(query string, number int) func() bool {
	return func() bool {
		var answer struct {
			Data struct {
				Result []struct{ Value [2]any }
			}
		}
		return p.get("/api/v1/query?query="+url.QueryEscape(query), &answer) &&
			len(answer.Data.Result) == 1 && answer.Data.Result[0].Value[1] == fmt.Sprint(number)
	}
}

// ask gives how many series a query answers with.
func (p *process) ask(query string) (series int, err error) {
	var answer struct {
		Error string
		Data  struct{ Result []any }
	}
	resp, err := http.Get(p.url + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return 0, err
	}
	if answer.Error != "" {
		return 0, errors.New(answer.Error)
	}
	return len(answer.Data.Result), nil
}

// everyRuleWorks looks at what Prometheus says of its rules: some mistakes show only on real series.
func (p *process) everyRuleWorks() {
	p.t.Helper()
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	checked := 0
	p.get("/api/v1/rules", &answer)
	for _, g := range answer.Data.Groups {
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

// notifications are what was sent to page, ticket and chat. It is the server that all of them are on.
type notifications struct {
	mu  sync.Mutex
	all []notification
}

// notification is what Alertmanager sends to a webhook.
type notification struct {
	to     string
	Status string
	Alerts []struct {
		Status      string
		Labels      map[string]string
		Annotations map[string]string
	}
}

func (n *notifications) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent := notification{to: strings.TrimPrefix(r.URL.Path, "/")}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, sent)
}

// String is a notification in a line: to whom, and the alerts.
func (n notification) String() string {
	var alerts []string
	for _, a := range n.Alerts {
		alerts = append(alerts, strings.TrimSpace(a.Status+" "+strings.TrimPrefix(a.Labels["alertname"], "OctoEverywhere")+" "+a.Labels["printer"]))
	}
	slices.Sort(alerts)
	return n.to + ": " + strings.Join(alerts, ", ")
}

// has reports whether a notification has come.
func (n *notifications) has(line string) func() bool {
	return func() bool { return slices.Contains(n.toPeople(), line) }
}

// toPeople are all notifications that somebody has to do something about: pages and tickets, each as a line, sorted.
func (n *notifications) toPeople() (lines []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.all {
		if one.to != "chat" {
			lines = append(lines, one.String())
		}
	}
	slices.Sort(lines)
	return lines
}

// texts are all that was to be read.
func (n *notifications) texts() (texts []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.all {
		for _, a := range one.Alerts {
			for _, text := range a.Annotations {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
