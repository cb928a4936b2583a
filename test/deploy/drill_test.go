package deploy

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/simulator"
)

// drill is a simulated fleet that is probed once a minute in fake time, and the tape of what a Prometheus that scrapes
// once a minute has seen of it.
type drill struct {
	t         *testing.T
	relay     *simulator.Relay
	file      string                      // the exporters' configuration
	exporters map[string]*runningExporter // by the instance that Prometheus scrapes; nil: it does not answer
	began     time.Time
	tape      tape
}

// runningExporter is an exporter while it runs.
type runningExporter struct {
	metrics http.Handler
	stop    func()
}

// alone is the instance of an exporter that has all printers.
const alone = "exporter:10059"

// start lets an exporter probe that knows nothing yet.
func (d *drill) start() { d.t.Helper(); d.run(alone, shard.Shard{}) }

// run lets an exporter probe its share of the printers; it knows nothing yet.
func (d *drill) run(instance string, share shard.Shard) {
	d.t.Helper()
	e, err := exporter.New(exporter.Options{ConfigFile: d.file, Shard: share, RoundTripper: d.relay.Transport()})
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(d.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := e.Run(ctx); err != nil {
			d.t.Error(err)
		}
	})
	d.exporters[instance] = &runningExporter{e.Handler(), func() { cancel(); running.Wait() }}
}

// kill ends the exporter; all it knew is lost.
func (d *drill) kill() { d.end(alone) }

// end ends an exporter. Prometheus goes on to ask for it.
func (d *drill) end(instance string) {
	if e := d.exporters[instance]; e != nil {
		e.stop()
	}
	d.exporters[instance] = nil
}

// must is for what is done to the fleet.
func (d *drill) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// names are those of the fleet's printers.
func (d *drill) names() (names []string) {
	for _, p := range d.relay.Printers() {
		names = append(names, p.Name)
	}
	return names
}

// set puts a fault on printers.
func (d *drill) set(f simulator.Fault, names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.must(d.relay.SetFault(n, f))
	}
}

// acts are what happens, and when, counted from the start.
type acts map[time.Duration]func(d *drill)

// play gives the tape of a fleet to which things happen, with one exporter.
func play(t *testing.T, printers, minutes int, happens acts) tape {
	t.Helper()
	return playWith(t, printers, minutes, (*drill).start, happens)
}

// playWith is play with exporters of one's own.
func playWith(t *testing.T, printers, minutes int, begin func(*drill), happens acts) (played tape) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &drill{
			t: t, began: time.Now(), tape: tape{}, exporters: map[string]*runningExporter{},
			relay: simulator.New(simulator.Options{Printers: printers, Seed: 1, Latency: simulator.Latency{Min: 50 * time.Millisecond, Max: 300 * time.Millisecond}}),
		}
		d.file = filepath.Join(t.TempDir(), "config.yaml")
		f, err := os.OpenFile(d.file, os.O_CREATE|os.O_WRONLY, 0o600)
		d.must(err)
		d.must(d.relay.WriteConfig(f, simulator.ConfigOptions{}))
		d.must(f.Close())
		begin(d)
		defer func() {
			for instance := range d.exporters {
				d.end(instance)
			}
		}()
		const step = 10 * time.Second
		for at := time.Duration(0); at <= time.Duration(minutes)*time.Minute; at += step {
			if at%time.Minute == 0 {
				d.scrape(int(at / time.Minute))
			}
			if act, ok := happens[at]; ok {
				act(d)
			}
			time.Sleep(step)
		}
		played = d.tape
	})
	return played
}

// scrape puts what the exporters export now on the tape.
func (d *drill) scrape(minute int) {
	for instance, e := range d.exporters {
		scraped := scrapedFrom(instance)
		if e == nil {
			d.tape.put(minute, `up{`+scraped+`}`, "0")
			continue
		}
		d.tape.put(minute, `up{`+scraped+`}`, "1")
		page := httptest.NewRecorder()
		e.metrics.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for line := range strings.Lines(page.Body.String()) {
			if m := sample.FindStringSubmatch(strings.TrimSpace(line)); m != nil && onTape[m[1]] {
				labels := strings.TrimSuffix(scraped+","+m[2], ",")
				d.tape.put(minute, m[1]+"{"+labels+"}", d.since(m[1], m[3]))
			}
		}
	}
}

// sample is a line of an exposition: name, labels, value.
var sample = regexp.MustCompile(`^(\w+)(?:\{(.*)\})? (\S+)$`)

// scraped are the labels that a scrape of the only exporter adds.
var scraped = scrapedFrom(alone)

// scrapedFrom are the labels that a scrape adds.
func scrapedFrom(instance string) string {
	return fmt.Sprintf(`job="octoeverywhere",instance=%q`, instance)
}

// onTape are the metrics that rules read; the tape of all would be large.
var onTape = map[string]bool{
	"octoeverywhere_layer_up": true, "octoeverywhere_last_error": true, "octoeverywhere_verdict_since_timestamp_seconds": true,
	"octoeverywhere_lost_during_print": true, "octoeverywhere_probes_total": true,
	"octoeverywhere_last_probe_timestamp_seconds": true, "octoeverywhere_probe_interval_seconds": true,
	"octoeverywhere_exporter_shard_info": true, "octoeverywhere_exporter_shards": true,
}

// since counts timestamps from the start, which is where promtool's clock begins.
func (d *drill) since(name, value string) string {
	if !strings.HasSuffix(name, "_timestamp_seconds") {
		return value
	}
	unix, err := strconv.ParseFloat(value, 64)
	d.must(err)
	return strconv.FormatFloat(unix-float64(d.began.UnixMilli())/1e3, 'f', -1, 64)
}

// tape holds the samples of each series, one a minute, as promtool reads them.
type tape map[string][]string

// put adds a sample. Minutes before it in which there was none are gaps; the first of them says that the series ended.
func (t tape) put(minute int, series, value string) {
	samples := t[series]
	for len(samples) < minute {
		gap := "_"
		if n := len(samples); n > 0 && samples[n-1] != "_" && samples[n-1] != "stale" {
			gap = "stale"
		}
		samples = append(samples, gap)
	}
	t[series] = append(samples, value)
}

// keep leaves on the tape what is known of some layers. promtool's engine takes 10,000 samples a query, which a thousand
// printers with six layers are too many for; a server takes 50 million.
func (t tape) keep(layers ...string) {
	maps.DeleteFunc(t, func(series string, _ []string) bool {
		return strings.HasPrefix(series, "octoeverywhere_layer_up{") &&
			!slices.ContainsFunc(layers, func(l string) bool { return strings.Contains(series, `layer="`+l+`"`) })
	})
}

// seen is what a drill is to show.
type seen struct {
	// How often alerts began to fire, by name, severity and, where there is one, printer: who is told, and how often.
	// An alert that changes a label while it fires begins anew.
	began map[string]int
	// What fires at a minute.
	firing map[int][]string
}

// check plays a tape to the rules.
func (t tape) check(test *testing.T, minutes int, want seen) {
	test.Helper()
	var b strings.Builder
	folder, err := filepath.Abs(".")
	if err != nil {
		test.Fatal(err)
	}
	fmt.Fprintf(&b, "rule_files: [%s, %s]\nevaluation_interval: 1m\ngroup_eval_order: [%s]\n", filepath.Join(folder, recordingRules), filepath.Join(folder, alertRules), groupOrder(test))
	b.WriteString("tests:\n  - interval: 1m\n    input_series:\n")
	for _, series := range slices.Sorted(maps.Keys(t)) {
		samples := t[series]
		if last := samples[len(samples)-1]; len(samples) <= minutes && last != "stale" {
			samples = append(slices.Clip(samples), "stale")
		}
		fmt.Fprintf(&b, "      - series: '%s'\n        values: '%s'\n", series, strings.Join(samples, " "))
	}
	b.WriteString("    promql_expr_test:\n")
	expect(&b, minutes, fmt.Sprintf(`sum by (alertname, severity, printer) (count_over_time((ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset 1m)[%dm:1m]))`, minutes), want.began)
	for _, minute := range slices.Sorted(maps.Keys(want.firing)) {
		firing := map[string]int{}
		for _, a := range want.firing[minute] {
			firing[a]++
		}
		expect(&b, minute, `count by (alertname, severity, printer) (ALERTS{alertstate="firing"})`, firing)
	}
	file := write(test, test.TempDir(), "drill.yml", b.String())
	run(test, "promtool", "test", "rules", file)
}

// expect writes a test of an expression.
func expect(b *strings.Builder, minute int, expr string, want map[string]int) {
	fmt.Fprintf(b, "      - expr: '%s'\n        eval_time: %dm\n        exp_samples:\n", expr, minute)
	for _, alert := range slices.Sorted(maps.Keys(want)) {
		words := strings.Fields(alert)
		labels := fmt.Sprintf("alertname=\"OctoEverywhere%s\",severity=%q", words[0], words[1])
		if len(words) > 2 {
			labels += fmt.Sprintf(",printer=%q", words[2])
		}
		fmt.Fprintf(b, "          - {labels: '{%s}', value: %d}\n", labels, want[alert])
	}
}

// groupOrder names the groups of rules: what is recorded comes first.
func groupOrder(t *testing.T) string {
	t.Helper()
	var names []string
	for _, path := range []string{recordingRules, alertRules} {
		for _, g := range groups(t, path) {
			names = append(names, g.Name)
		}
	}
	return strings.Join(names, ", ")
}
