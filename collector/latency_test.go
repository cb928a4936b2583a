package collector

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// TestLatency: a native histogram per printer with all of its labels, on /metrics and on /probe.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		o.Latency = NewLatency()
		status := func(took time.Duration) probe.Result {
			return probe.Result{Request: probe.StatusRequest, Sent: time.Now(), Took: took}
		}
		ping, info := status(time.Second), status(time.Hour)
		ping.Request, ping.Sent = probe.PingRequest, time.Now().Add(20*time.Second)
		info.Request = probe.InfoRequest
		canceled := status(time.Hour)
		canceled.Canceled = true
		names := []string{}
		for s := range o.Fleet.All() {
			names = append(names, s.Name)
		}
		first := names[0]
		o.Latency.Probed(first, []probe.Result{status(2 * time.Second), info})
		o.Latency.Probed(first, []probe.Result{status(20 * time.Second), ping})
		o.Latency.Probed(first, []probe.Result{canceled})
		o.Latency.Probed("unknown", []probe.Result{status(time.Second)})
		c := New(o)
		s := &probe.Status{Name: first}
		for s = range o.Fleet.All() {
			break
		}
		for name, families := range map[string][]*dto.MetricFamily{"/metrics": gathered(t, c.Handler()), "/probe": gathered(t, c.ProbeHandler(s, nil))} {
			got := ""
			for _, f := range families {
				if f.GetName() != latencyName {
					continue
				}
				for _, m := range f.Metric {
					h := m.Histogram
					got += fmt.Sprintln(labelNames(m), h.GetSampleCount(), h.GetSampleSum(), len(h.Bucket), len(h.PositiveDelta) > 0, h.CreatedTimestamp != nil)
				}
			}
			if d := cmp.Diff("[area printer site zone] 2 23 0 true true\n", got); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		text := textOf(t, scraped(t, c.Handler(), "text/plain"))
		if n := strings.Count(text, "\n"+latencyName); n != 3 {
			t.Errorf("%d series as text", n)
		}
		o.Latency.Keep(nil)
		if text := textOf(t, scraped(t, c.Handler(), "text/plain")); strings.Contains(text, latencyName) {
			t.Error("a histogram is left after a reload")
		}
	})
}

// BenchmarkLatency measures the histograms of 10,000 printers after a day of probes every minute: a scrape by protobuf with and
// without them, what they keep in memory, and what a probe costs.
func BenchmarkLatency(b *testing.B) {
	const aDay = 24 * 60
	printers := busy(benchPrinters)
	names := make([]string, 0, benchPrinters)
	for s := range printers() {
		names = append(names, s.Name)
	}
	r := rand.New(rand.NewPCG(1, 2))
	probed := func(l *Latency, name string) { // around 150 ms, as over a real network
		took := time.Duration(150 * float64(time.Millisecond) * math.Exp(r.NormFloat64()/4))
		l.Probed(name, []probe.Result{{Request: probe.StatusRequest, Sent: time.Unix(1, 0), Took: took}})
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	latency := NewLatency()
	for _, name := range names {
		for range aDay {
			probed(latency, name)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := float64(after.HeapAlloc) - float64(before.HeapAlloc)
	for _, with := range []struct {
		name    string
		latency *Latency
	}{{"without", nil}, {"with", latency}} {
		b.Run("scrape/"+with.name, func(b *testing.B) {
			o := labeled(printers, "site")
			o.Latency = with.latency
			c, size := New(o), 0
			for b.Loop() {
				size = scrapeOnce(c.Handler(), wantsProtobuf, "gzip")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchPrinters, "µs/printer")
			b.ReportMetric(float64(size)/benchPrinters, "sent-B/printer")
		})
	}
	b.Run("probe", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			probed(latency, names[i%benchPrinters])
		}
		b.ReportMetric(kept/benchPrinters, "kept-B/printer")
	})
}
