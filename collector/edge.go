package collector

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Edge is what is known of one of OctoEverywhere's edges.
type Edge struct {
	Name              string // the host of the service, or the parent domain of printers' hosts; never a printer's own
	Known             bool   // a fresh connection to it was tried, and the following is what came of it
	Up                bool
	Resolve           time.Duration // 0: it did not come so far
	Connect           time.Duration
	TLS               time.Duration
	CertificateExpiry time.Time // zero: no certificate was seen
}

type edgeRow = row[*Edge]

const beforeEdge = "before the first connection was tried"

// edgeRows are all metrics of an edge, beside whose labels there is `edge`. Sorted by name.
func edgeRows() []edgeRow {
	return []edgeRow{
		{
			name: prefix + "edge_certificate_expiry_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "When the certificate that the edge showed last expires, in Unix time.",
			absent: beforeEdge + ", or it showed none",
			read: one(func(e *Edge) (float64, bool) {
				return float64(e.CertificateExpiry.Unix()), !e.CertificateExpiry.IsZero()
			}),
		}, {
			name: prefix + "edge_phase_duration_seconds", kind: dto.MetricType_GAUGE, labels: []string{"phase"},
			help:   "How long a phase of the last fresh connection to the edge took.",
			absent: beforeEdge + ", or it did not come so far",
			read: func(e *Edge, to []sample) []sample {
				for _, p := range [...]struct {
					name string
					took time.Duration
				}{{"connect", e.Connect}, {"resolve", e.Resolve}, {"tls", e.TLS}} {
					if p.took > 0 {
						to = append(to, sample{seconds(p.took), [maxLabels]string{p.name}})
					}
				}
				return to
			},
		}, {
			name: prefix + "edge_up", kind: dto.MetricType_GAUGE,
			help:   "Whether a fresh connection to the edge (DNS, TCP, TLS) could be made (1), or not (0).",
			absent: beforeEdge,
			read:   one(func(e *Edge) (float64, bool) { return bit(e.Up), true }),
		},
	}
}

// edges gives the edges' rows to a registry: they are few.
type edges func() []Edge

const edgeLabel = "edge"

// Describe says nothing, so that the registry checks what is collected instead.
func (edges) Describe(chan<- *prometheus.Desc) {}

// Collect gives the series of all edges that are known.
func (all edges) Collect(ch chan<- prometheus.Metric) {
	rows := edgeRows()
	for _, e := range all() {
		if !e.Known {
			continue
		}
		for _, r := range rows {
			desc := prometheus.NewDesc(r.name, r.help, append([]string{edgeLabel}, r.labels...), nil)
			for _, s := range r.read(&e, nil) {
				values := append([]string{strings.ToValidUTF8(e.Name, "\uFFFD")}, s.labels[:len(r.labels)]...)
				ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, s.value, values...)
			}
		}
	}
}
