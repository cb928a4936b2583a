package collector

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// sharing exports for each edge whether printers share its connections.
type sharing struct{ fleet Fleet }

// Describe sends nothing: the registry then checks each metric that is collected.
func (sharing) Describe(chan<- *prometheus.Desc) {}

// Collect sends one metric per edge that was requested.
func (s sharing) Collect(ch chan<- prometheus.Metric) {
	desc := prometheus.NewDesc(ownPrefix+"connections_shared",
		"Whether printers share the edge's HTTP/2 connections (1), or each has its own because the edge responds differently on shared ones (0).",
		[]string{edgeLabel}, nil)
	_, sharing := s.fleet.Connections()
	for edge, shares := range sharing {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, bit(shares), strings.ToValidUTF8(edge, "\uFFFD"))
	}
}
