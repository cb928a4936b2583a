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

// drill is a simulated fleet that is probed once per minute in fake time, and what a Prometheus that scrapes once per minute
// records of it.
type drill struct {
	t         *testing.T
	relay     *simulator.Relay
	file      string                      // the exporters' configuration
	exporters map[string]*runningExporter // by scraped instance; nil if it is down
	began     time.Time
	timeline  timeline
}

// runningExporter is an exporter without listeners while it runs.
type runningExporter struct {
	metrics http.Handler
	stop    func()
}

// singleInstance is the instance of an exporter that probes all printers.
const singleInstance = "exporter:10059"

// startSingle starts an exporter that probes all printers.
func (d *drill) startSingle() { d.t.Helper(); d.start(singleInstance, shard.Shard{}) }

// start starts an exporter, without state, that probes the printers of a shard.
func (d *drill) start(instance string, s shard.Shard) {
	d.t.Helper()
	e, err := exporter.New(exporter.Options{ConfigFile: d.file, Shard: s, RoundTripper: d.relay.Transport()})
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

// stopSingle stops the exporter that probes all printers.
func (d *drill) stopSingle() { d.stop(singleInstance) }

// stop stops an exporter, which loses its state. It stays a target of Prometheus.
func (d *drill) stop(instance string) {
	if e := d.exporters[instance]; e != nil {
		e.stop()
	}
	d.exporters[instance] = nil
}

// must fails the test on an error.
func (d *drill) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// names returns the names of all printers.
func (d *drill) names() (names []string) {
	for _, p := range d.relay.Printers() {
		names = append(names, p.Name)
	}
	return names
}

// set sets the fault of printers.
func (d *drill) set(f simulator.Fault, names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.must(d.relay.SetFault(n, f))
	}
}

// events are the actions of a drill by their time since its start.
type events map[time.Duration]func(d *drill)

// recordDrill runs a drill with one exporter and returns its timeline.
func recordDrill(t *testing.T, printers, minutes int, happens events) timeline {
	t.Helper()
	return recordDrillOf(t, printers, minutes, (*drill).startSingle, happens)
}

// recordDrillOf is like recordDrill, with the exporters that begin starts.
func recordDrillOf(t *testing.T, printers, minutes int, begin func(*drill), happens events) (recorded timeline) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &drill{
			t: t, began: time.Now(), timeline: timeline{}, exporters: map[string]*runningExporter{},
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
				d.stop(instance)
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
		recorded = d.timeline
	})
	return recorded
}

// scrape appends the current metrics of all exporters to the timeline.
func (d *drill) scrape(minute int) {
	for instance, e := range d.exporters {
		singleTarget := targetLabels(instance)
		if e == nil {
			d.timeline.add(minute, `up{`+singleTarget+`}`, "0")
			continue
		}
		d.timeline.add(minute, `up{`+singleTarget+`}`, "1")
		page := httptest.NewRecorder()
		e.metrics.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for line := range strings.Lines(page.Body.String()) {
			if m := sample.FindStringSubmatch(strings.TrimSpace(line)); m != nil && ruleMetrics[m[1]] {
				labels := strings.TrimSuffix(singleTarget+","+m[2], ",")
				d.timeline.add(minute, m[1]+"{"+labels+"}", d.sampleValue(m[1], m[3]))
			}
		}
	}
}

// sample matches a line of an exposition: name, labels, value.
var sample = regexp.MustCompile(`^(\w+)(?:\{(.*)\})? (\S+)$`)

// singleTarget are the target labels of the single exporter.
var singleTarget = targetLabels(singleInstance)

// targetLabels returns the labels that Prometheus adds to the series of a target.
func targetLabels(instance string) string {
	return fmt.Sprintf(`job="octoeverywhere",instance=%q`, instance)
}

// ruleMetrics are the metrics that rules use. Recording all of them would be slow.
var ruleMetrics = map[string]bool{
	"octoeverywhere_layer_up": true, "octoeverywhere_last_error": true, "octoeverywhere_last_transition_timestamp_seconds": true,
	"octoeverywhere_lost_during_print": true, "octoeverywhere_probes_total": true,
	"octoeverywhere_last_probe_timestamp_seconds": true, "octoeverywhere_probe_interval_seconds": true,
	"octoeverywhere_exporter_shard_info": true, "octoeverywhere_exporter_shards": true,
}

// sampleValue converts timestamps to seconds since the start of the drill, which is time 0 in promtool.
func (d *drill) sampleValue(name, value string) string {
	if !strings.HasSuffix(name, "_timestamp_seconds") {
		return value
	}
	unix, err := strconv.ParseFloat(value, 64)
	d.must(err)
	return strconv.FormatFloat(unix-float64(d.began.UnixMilli())/1e3, 'f', -1, 64)
}

// timeline holds the samples of each series, one per minute, in promtool's notation.
type timeline map[string][]string

// add appends a sample. Earlier minutes without a sample become gaps, the first of them a stale marker.
func (t timeline) add(minute int, series, value string) {
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

// keepLayers removes the other layers from the timeline. promtool limits a query to 10,000 samples, fewer than a thousand
// printers with six layers have.
func (t timeline) keepLayers(layers ...string) {
	maps.DeleteFunc(t, func(series string, _ []string) bool {
		return strings.HasPrefix(series, "octoeverywhere_layer_up{") &&
			!slices.ContainsFunc(layers, func(l string) bool { return strings.Contains(series, `layer="`+l+`"`) })
	})
}

// alerts are the expected alerts of a drill.
type alerts struct {
	// How often alerts started to fire, by name, severity and, if any, printer. An alert whose labels change while it fires
	// counts again.
	began map[string]int
	// The alerts firing at a minute.
	firing map[int][]string
}

// check evaluates the rules on a timeline.
func (t timeline) check(test *testing.T, minutes int, want alerts) {
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
	writeExpectation(&b, minutes, fmt.Sprintf(`sum by (alertname, severity, printer) (count_over_time((ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset 1m)[%dm:1m]))`, minutes), want.began)
	for _, minute := range slices.Sorted(maps.Keys(want.firing)) {
		firing := map[string]int{}
		for _, a := range want.firing[minute] {
			firing[a]++
		}
		writeExpectation(&b, minute, `count by (alertname, severity, printer) (ALERTS{alertstate="firing"})`, firing)
	}
	file := writeFile(test, test.TempDir(), "drill.yml", b.String())
	runTool(test, "promtool", "test", "rules", file)
}

// writeExpectation writes the promtool test of an expression.
func writeExpectation(b *strings.Builder, minute int, expr string, want map[string]int) {
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

// groupOrder lists the rule groups in order of evaluation: recording rules first.
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
