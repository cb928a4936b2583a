package alerting

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/shard"
)

// world is a farm, or several, with one Alertmanager.
type world struct {
	*testing.T
	relay  *relay
	am     *alertmanager
	farms  []*farm
	minute int
	coarse bool // longer steps
}

// farm is a Prometheus (or several) and its exporters.
type farm struct {
	w         *world
	job       string
	config    string
	storage   bool
	prom      []*prometheus
	exporters []*instance
}

// instance is an exporter that can be stopped and started.
type instance struct {
	f       *farm
	shard   shard.Shard
	storage string
	handler http.Handler // nil: down
	target  *target
	stop    func()
}

// fleet describes the printers of a farm.
type fleet struct {
	job      string
	cluster  string
	interval time.Duration
	sites    []string // printers are named site-1 and so on
	printers int      // per site
	shards   int
	shares   bool // plugins share the power of the printers
	forgets  bool // no storage
	bare     bool // printers without the label site
	disabled int  // the first printers of each site are disabled
	more     string
}

// newWorld returns a world without farms.
func newWorld(t *testing.T) *world {
	return &world{T: t, relay: &relay{printers: map[string]*printer{}}, am: newAlertmanager(t)}
}

// add starts a farm.
func (w *world) add(o fleet) *farm {
	w.Helper()
	if o.job == "" {
		o.job = "octoeverywhere"
	}
	if o.interval == 0 {
		o.interval = time.Minute
	}
	if len(o.sites) == 0 {
		o.sites = []string{"a"}
	}
	f := &farm{w: w, job: o.job, storage: !o.forgets, config: filepath.Join(w.TempDir(), "config.yaml")}
	f.configure(o)
	external := labels.EmptyLabels()
	if o.cluster != "" {
		external = labels.FromStrings("cluster", o.cluster)
	}
	f.prom = append(f.prom, newPrometheus(w.T, external, w.am.receive))
	for i := range max(o.shards, 1) {
		f.addExporter(i, max(o.shards, 1))
	}
	w.farms = append(w.farms, f)
	return f
}

// addExporter starts the exporter of a shard, and lets Prometheus scrape it.
func (f *farm) addExporter(index, total int) {
	f.w.Helper()
	e := &instance{f: f, storage: filepath.Join(f.w.TempDir(), "storage")}
	if total > 1 {
		e.shard = shard.Shard{Index: index, Total: total}
	}
	e.target = &target{labels: []string{"job", f.job, "instance", fmt.Sprintf("exporter-%d:10059", index)}, path: "/metrics", served: &e.handler}
	f.prom[0].targets = append(f.prom[0].targets, e.target)
	f.exporters = append(f.exporters, e)
	e.start()
}

// configure writes the configuration, and creates printers that do not exist yet.
func (f *farm) configure(o fleet) {
	w := f.w
	w.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "defaults: {interval: %s, timeout: 20s, plugin_shares_power: %v}\nprinters:\n", o.interval, o.shares)
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	for _, site := range o.sites {
		for i := range o.printers {
			name := fmt.Sprintf("%s%s-%d", o.cluster, site, i+1)
			host := name + ".octoeverywhere.com"
			label := fmt.Sprintf(", labels: {site: %s}", site)
			if o.bare {
				label = ""
			}
			fmt.Fprintf(&b, "  - {name: %s, url: 'https://%s', enabled: %v, authorization: {credentials: x}%s}\n", name, host, i >= o.disabled, label)
			if w.relay.printers[host] == nil {
				w.relay.printers[host] = &printer{state: "idle", platform: "1.11.2"}
			}
		}
	}
	if err := os.WriteFile(f.config, []byte(b.String()+o.more), 0o600); err != nil {
		w.Fatal(err)
	}
}

// reload changes the configuration, and lets the exporters read it.
func (f *farm) reload(o fleet) {
	f.w.Helper()
	if o.interval == 0 {
		o.interval = time.Minute
	}
	if len(o.sites) == 0 {
		o.sites = []string{"a"}
	}
	f.configure(o)
	f.post("/-/reload")
}

// split lets Prometheus scrape each printer as a target of its own, as with prometheus-multi-target.yml.
func (f *farm) split(site string, printers int) (targets []*target) {
	e := f.exporters[0]
	e.target.keep = func(_, printer string) bool { return printer == "" }
	for i := range printers {
		name := fmt.Sprintf("%s-%d", site, i+1)
		targets = append(targets, &target{
			labels: append([]string{"printer", name, "site", site}, e.target.labels...), path: "/metrics", served: &e.handler,
			keep: func(_, p string) bool { return p == name },
		})
	}
	f.prom[0].targets = append(f.prom[0].targets, targets...)
	return targets
}

// start starts an exporter.
func (e *instance) start() {
	w := e.f.w
	w.Helper()
	o := exporter.Options{ConfigFile: e.f.config, Shard: e.shard, RoundTripper: w.relay, EnableLifecycle: true}
	if e.f.storage {
		o.StoragePath = e.storage
	}
	x, err := exporter.New(o)
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := x.Run(ctx); err != nil {
			w.Error(err)
		}
	})
	e.handler, e.stop = x.Handler(), func() { cancel(); running.Wait(); e.handler, e.stop = nil, nil }
}

// each changes printers; a name is a printer or a site.
func (w *world) each(change func(*printer), names ...string) {
	w.Helper()
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	changed := 0
	for host, p := range w.relay.printers {
		printer, _, _ := strings.Cut(host, ".")
		for _, n := range names {
			if n == "all" || printer == n || strings.HasPrefix(printer, n+"-") {
				change(p)
				changed++
			}
		}
	}
	if changed == 0 {
		w.Fatalf("no printer is called %v", names)
	}
}

// fail sets the fault of printers, "" for none.
func (w *world) fail(fault string, names ...string) {
	w.Helper()
	w.each(func(p *printer) { p.fault = fault }, names...)
}

// print starts a print of 30 hours on printers.
func (w *world) print(names ...string) {
	w.Helper()
	now := time.Now()
	w.each(func(p *printer) {
		p.state, p.shown, p.began, p.lasts = "printing", true, now, 30*time.Hour
		p.job++
	}, names...)
}

// addPrinting starts a farm of which some printers have been printing for 20 minutes.
func (w *world) addPrinting(o fleet, names ...string) *farm {
	w.Helper()
	f := w.add(o)
	w.pass(5)
	w.print(names...)
	w.pass(20)
	return f
}

// gone ends the print of printers without a word, as a power failure does.
func (w *world) gone(names ...string) {
	w.Helper()
	w.each(func(p *printer) { p.state, p.shown = "idle", false }, names...)
}

// pass lets time pass, in minutes. Prometheus scrapes and evaluates once per minute; after 35 minutes in which nothing happened, once
// every two, and after an hour, once every five, which saves processor time and is a scrape interval that the rules must endure.
func (w *world) pass(minutes int) {
	w.Helper()
	for step, ends := 1, w.minute+minutes; w.minute < ends; {
		next := time.Now()
		for _, f := range w.farms {
			for _, p := range f.prom {
				p.tick(w.minute)
			}
		}
		switch passed := minutes - (ends - w.minute); {
		case passed >= 20 && w.coarse:
			step = 10
		case passed >= 60:
			step = 5
		case passed >= 35:
			step = 2
		}
		step = min(step, ends-w.minute)
		w.minute += step
		time.Sleep(time.Until(next.Add(time.Duration(step) * time.Minute)))
	}
}

// cycle repeats: something happens and lasts for some minutes, is undone, and stays so for others.
func (w *world) cycle(times int, begin func(), lasts int, end func(), pause int) {
	w.Helper()
	for range times {
		begin()
		w.pass(lasts)
		end()
		w.pass(pause)
	}
}

// within lets something happen for seconds, in the middle of the next minute.
func (w *world) within(seconds int, begin, end func()) {
	go func() {
		time.Sleep(20 * time.Second)
		begin()
		time.Sleep(time.Duration(seconds) * time.Second)
		end()
	}()
}

// post sends a request to the first exporter that has the printer.
func (f *farm) post(path string) {
	f.w.Helper()
	for _, e := range f.exporters {
		if e.handler != nil {
			r := httptest.NewRecorder()
			e.handler.ServeHTTP(r, httptest.NewRequest(http.MethodPost, path, nil))
			f.w.Logf("%s: %d", path, r.Code)
		}
	}
}

// restart stops and starts an exporter that is away for minutes.
func (e *instance) restart(minutes int) {
	e.stop()
	e.f.w.pass(minutes)
	e.start()
}

// close stops everything.
func (w *world) close() {
	for _, f := range w.farms {
		for _, e := range f.exporters {
			if e.stop != nil {
				e.stop()
			}
		}
		for _, p := range f.prom {
			if err := p.db.Close(); err != nil {
				w.Error(err)
			}
		}
	}
	w.am.stopAll()
}

// play plays a scenario in fake time and returns the notifications.
func play(t *testing.T, s scenario) (in *inbox) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		s.run(w)
		synctest.Wait()
		in = &w.am.received
	})
	return in
}
