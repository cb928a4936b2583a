package collector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// Handler answers a scrape of /metrics, in the format that the client likes best: Prometheus' text, OpenMetrics or
// protobuf, compressed with gzip where the client reads it. Scrapes that come at about the same time share one
// exposition.
func (c *Collector) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		on := negotiate(r.Header)
		text := c.open(on)
		defer text.leave()
		page, err := text.page()
		if err != nil && !errors.Is(err, io.EOF) {
			fail(w, err)
			return
		}
		on.describe(w.Header())
		for ; err == nil; page, err = text.page() {
			if _, err := w.Write(page); err != nil {
				return // the client has gone
			}
		}
		if !errors.Is(err, io.EOF) {
			panic(http.ErrAbortHandler) // or the client would take the part for the whole
		}
	})
}

// open gives a reader of the exposition that is being made, or of a new one.
func (c *Collector) open(on wire) *reader {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.streams[on]; ok {
		if r, ok := s.join(); ok {
			return r
		}
	}
	s := newStream(c.pages, func(w io.Writer) error {
		others, err := c.registry.Gather()
		if err != nil {
			return fmt.Errorf("gathering the exporter's own metrics: %w", err)
		}
		return c.write(w, on, c.options.Fleet.All(), others)
	})
	c.streams[on] = s
	r, _ := s.join() // a new stream has room
	return r
}

// ProbeHandler answers with the metrics of one printer, as in /metrics, and with `probe_success` and
// `probe_duration_seconds` as users of blackbox_exporter know them: those of the last probe, also when it was made before.
func (c *Collector) ProbeHandler(s *probe.Status) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		on := negotiate(r.Header)
		var text bytes.Buffer
		only := func(yield func(*probe.Status) bool) { yield(s) }
		if err := c.write(&text, on, iter.Seq[*probe.Status](only), probeFamilies(s)); err != nil {
			fail(w, err)
			return
		}
		on.describe(w.Header())
		_, _ = text.WriteTo(w) // it fails when the client has gone
	})
}

// probeFamilies are the two metrics that blackbox_exporter has for each probe, sorted by name.
func probeFamilies(s *probe.Status) []*dto.MetricFamily {
	gauge := func(name, help string, value float64) *dto.MetricFamily {
		return &dto.MetricFamily{
			Name: &name, Help: &help, Type: dto.MetricType_GAUGE.Enum(),
			Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: new(value)}}},
		}
	}
	return []*dto.MetricFamily{
		gauge("probe_duration_seconds", "How long the probe took to complete, in seconds.", seconds(s.Took)),
		gauge("probe_success", "Whether the probe was a success.", bit(s.Success())),
	}
}

func fail(w http.ResponseWriter, err error) {
	http.Error(w, "no metrics: "+err.Error(), http.StatusInternalServerError)
}
