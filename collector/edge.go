package collector

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

type edgeRow = row[*probe.EdgeStatus]

const beforeEdge = "before the first check of the edge"

// edgeRows are all metrics of an edge, sorted by name. They have the label `edge` as well.
func edgeRows() []edgeRow {
	return []edgeRow{
		{
			name: prefix + "edge_certificate_expiry_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time when the earliest certificate of the edge's last chain expires.",
			absent: beforeEdge + ", or if it sent none",
			read:   one(func(e *probe.EdgeStatus) (float64, bool) { return float64(e.Expiry.Unix()), !e.Expiry.IsZero() }),
		}, {
			name: prefix + "edge_phase_duration_seconds", kind: dto.MetricType_GAUGE, labels: []string{"phase"},
			help:   "Duration of a phase of the last new connection to the edge in seconds.",
			absent: beforeEdge + ", or if the connection failed in an earlier phase",
			read: func(e *probe.EdgeStatus, to []sample) []sample {
				for _, p := range [...]probe.Phase{probe.Connecting, probe.Resolving, probe.Handshaking} { // sorted by name
					if took := e.Attempt.Durations[p]; took > 0 {
						to = append(to, sample{seconds(took), [maxLabels]string{p.String()}})
					}
				}
				return to
			},
		}, {
			name: prefix + "edge_up", kind: dto.MetricType_GAUGE,
			help:   "Whether a new connection to the edge (DNS, TCP, TLS) succeeded (1) or not (0).",
			absent: beforeEdge,
			read:   one(func(e *probe.EdgeStatus) (float64, bool) { return bit(e.Up()), true }),
		},
	}
}

// edges exports the rows of all edges.
type edges struct{ all Edges }

const edgeLabel = "edge"

// Describe sends nothing: the registry then checks each metric that is collected.
func (edges) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics of all edges that were checked.
func (e edges) Collect(ch chan<- prometheus.Metric) {
	rows := edgeRows()
	for _, status := range e.all.All() {
		if !status.Known() {
			continue
		}
		for _, r := range rows {
			desc := prometheus.NewDesc(r.name, r.help, append([]string{edgeLabel}, r.labels...), nil)
			for _, s := range r.read(&status, nil) {
				values := append([]string{strings.ToValidUTF8(status.Name, "\uFFFD")}, s.labels[:len(r.labels)]...)
				ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, s.value, values...)
			}
		}
	}
}
