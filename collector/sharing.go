package collector

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// sharing tells of each edge whether printers share its connections.
type sharing struct{ read func() map[string]bool }

// Describe says nothing, so that the registry checks what is collected instead.
func (sharing) Describe(chan<- *prometheus.Desc) {}

// Collect gives a series for each edge that was asked.
func (s sharing) Collect(ch chan<- prometheus.Metric) {
	desc := prometheus.NewDesc(ownPrefix+"connections_shared",
		"Whether printers share the edge's connections (1), or each has its own because the edge answers otherwise on shared ones (0).",
		[]string{edgeLabel}, nil)
	for edge, shares := range s.read() {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, bit(shares), strings.ToValidUTF8(edge, "\uFFFD"))
	}
}
