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

// ProbeHandler serves the metrics of one printer, as in /metrics, and those that blackbox_exporter has for each probe. results are
// those of the printer's last probe.
func (c *Collector) ProbeHandler(s *probe.Status, results []probe.Result) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serve(w, r, func(yield func(*probe.Status) bool) { yield(s) }, c.lastProbe(s, results).families())
	})
}

// serve writes an exposition in pages while it is made. If that fails, the connection is aborted: a truncated exposition must
// not look complete.
func (c *Collector) serve(w http.ResponseWriter, r *http.Request, printers iter.Seq[*probe.Status], others []*dto.MetricFamily) {
	if f, ok := c.options.Latency.family(printers, c.labelNames()); ok {
		others = insert(others, f)
	}
	e := negotiate(r.Header, c.options.OpenMetricsCreated)
	e.setHeader(w.Header())
	if err := c.write(r.Context(), w, e, printers, others); err != nil {
		panic(http.ErrAbortHandler)
	}
}
