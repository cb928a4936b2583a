package collector

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"octoeverywhere_exporter/probe"
)

const benchPrinters = 10_000

// busy is a fleet of printing printers, so that all groups have series.
func busy(n int) printers {
	_, reading := probe.Judge(probe.StatusRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(printing)})
	_, connection := probe.Judge(probe.InfoRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(online)})
	now := time.Now()
	all := make([]*probe.Status, n)
	for i := range all {
		t := probe.Target{Name: fmt.Sprintf("p%05d", i+1), Labels: map[string]string{"site": "lab"}, Interval: time.Minute, AppToken: probe.NewSecret("t")}
		sent := now.Add(-time.Duration(i) * 1_234_567)
		s := probe.NewStatus(t).
			Next(probe.Result{Request: probe.StatusRequest, Sent: sent, Took: 123_456_789, Reading: reading}).
			Next(probe.Result{Request: probe.InfoRequest, Sent: sent, Took: 98_765_432, Reading: connection})
		all[i] = &s
	}
	return func() iter.Seq[*probe.Status] {
		return func(yield func(*probe.Status) bool) {
			for _, s := range all {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func busyCollector(n int) *Collector {
	return New(labeled(busy(n), "site"))
}

// sink is a client that discards the response.
type sink struct {
	header http.Header
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { s.bytes += len(p); return len(p), nil }

func scrapeOnce(h http.Handler, accept, encoding string) int {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", encoding)
	w := &sink{header: http.Header{}}
	h.ServeHTTP(w, r)
	return w.bytes
}

func countSeries(b *testing.B, c *Collector) float64 {
	b.Helper()
	var text bytes.Buffer
	if err := c.write(context.Background(), &text, encoding{format: expfmt.FmtText}, c.options.Fleet.All(), nil); err != nil {
		b.Fatal(err)
	}
	return float64(strings.Count(text.String(), "\n") - strings.Count(text.String(), "# "))
}

// perSeries reports the cost of a scrape per series.
func perSeries(b *testing.B, series float64, scrape func() int) {
	b.Helper()
	var before, after runtime.MemStats
	size := scrape() // fills the pools
	runtime.ReadMemStats(&before)
	for b.Loop() {
		size = scrape()
	}
	runtime.ReadMemStats(&after)
	n := series * float64(b.N)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/series")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/series")
	b.ReportMetric(float64(size)/series, "sent-B/series")
}

// BenchmarkScrape is a scrape of 10,000 printers with all groups on, without the network.
func BenchmarkScrape(b *testing.B) {
	c := busyCollector(benchPrinters)
	series := countSeries(b, c)
	b.Logf("%.0f series", series)
	for _, format := range []struct{ name, accept string }{{"text", "text/plain"}, {"OpenMetrics", wantsOpenMetrics}, {"protobuf", wantsProtobuf}} {
		for _, encoding := range []string{"identity", "gzip"} {
			b.Run(format.name+"/"+encoding, func(b *testing.B) {
				perSeries(b, series, func() int { return scrapeOnce(c.Handler(), format.accept, encoding) })
			})
		}
	}
}

// BenchmarkScrapeCold is a scrape with empty pools: the worst case.
func BenchmarkScrapeCold(b *testing.B) {
	c := busyCollector(benchPrinters)
	series := countSeries(b, c)
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			perSeries(b, series, func() int {
				runtime.GC()
				runtime.GC() // pools are emptied by the second one
				return scrapeOnce(c.Handler(), "text/plain", encoding)
			})
		})
	}
}

// BenchmarkExpfmt writes the same rows through expfmt, in its best case (families are reused, no escaping, a large buffer). It
// is to be compared with BenchmarkScrape.
func BenchmarkExpfmt(b *testing.B) {
	c := busyCollector(benchPrinters)
	series := countSeries(b, c)
	s := snapshot{next: c.options.Schedule.NextProbe}
	s.take(c.options.Fleet.All(), c.labelNames())
	var f families
	f.begin(&s)
	out := bufio.NewWriterSize(io.Discard, pageSize)
	encoder := expfmt.NewEncoder(out, expfmt.FmtText.WithEscapingScheme(model.NoEscaping))
	write := func(family *dto.MetricFamily) {
		if len(family.Metric) == 0 {
			return
		}
		if err := encoder.Encode(family); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("fill", func(b *testing.B) {
		perSeries(b, series, func() int {
			for i := range c.rows {
				f.fill(&c.rows[i])
			}
			return 0
		})
	})
	b.Run("write", func(b *testing.B) {
		var kept []*dto.MetricFamily
		for i := range c.rows {
			var one families
			one.begin(&s)
			kept = append(kept, one.fill(&c.rows[i]))
		}
		perSeries(b, series, func() int {
			for _, family := range kept {
				write(family)
			}
			return 0
		})
	})
	b.Run("both", func(b *testing.B) {
		perSeries(b, series, func() int {
			for i := range c.rows {
				write(f.fill(&c.rows[i]))
			}
			return 0
		})
	})
}

// BenchmarkMemory measures what a Collector keeps between scrapes.
func BenchmarkMemory(b *testing.B) {
	printers := busy(benchPrinters)
	for _, format := range []struct{ name, accept string }{{"text", "text/plain"}, {"protobuf", wantsProtobuf}} {
		b.Run(format.name, func(b *testing.B) {
			kept := 0.0
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.GC()
				runtime.ReadMemStats(&before)
				c := New(labeled(printers, "site"))
				scrapeOnce(c.Handler(), format.accept, "gzip")
				runtime.GC() // pools survive the first one
				runtime.ReadMemStats(&after)
				kept = float64(after.HeapAlloc) - float64(before.HeapAlloc)
				runtime.KeepAlive(c)
			}
			b.ReportMetric(kept/benchPrinters, "B/printer")
		})
	}
}
