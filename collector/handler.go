package collector

import (
	"iter"
	"net/http"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// Handler serves /metrics in the format that the client prefers: Prometheus' text, OpenMetrics or protobuf, compressed with
// gzip if the client accepts it.
func (c *Collector) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		others, err := c.registry.Gather()
		if err != nil {
			http.Error(w, "gathering the exporter's own metrics: "+err.Error(), http.StatusInternalServerError)
			return
		}
		c.serve(w, r, c.options.Fleet.All(), others)
	})
}

// ProbeHandler serves the metrics of one printer, as in /metrics, and `probe_success` and `probe_duration_seconds` of its last
// probe as blackbox_exporter has them.
func (c *Collector) ProbeHandler(s *probe.Status) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serve(w, r, func(yield func(*probe.Status) bool) { yield(s) }, probeFamilies(s))
	})
}

// serve writes an exposition in pages while it is made. If that fails, the connection is aborted: a truncated exposition must
// not look complete.
func (c *Collector) serve(w http.ResponseWriter, r *http.Request, printers iter.Seq[*probe.Status], others []*dto.MetricFamily) {
	e := negotiate(r.Header)
	e.setHeader(w.Header())
	if err := c.write(w, e, printers, others); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// probeFamilies returns the two metrics that blackbox_exporter has for each probe, sorted by name.
func probeFamilies(s *probe.Status) []*dto.MetricFamily {
	gauge := func(name, help string, value float64) *dto.MetricFamily {
		return &dto.MetricFamily{
			Name: &name, Help: &help, Type: dto.MetricType_GAUGE.Enum(),
			Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: new(value)}}},
		}
	}
	return []*dto.MetricFamily{
		gauge("probe_duration_seconds", "Duration of the probe in seconds.", seconds(s.Took)),
		gauge("probe_success", "Whether the probe succeeded (1) or not (0).", bit(s.Success())),
	}
}
