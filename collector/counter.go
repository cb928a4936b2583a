package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// counterFunc is a counter that is read at each scrape. Unlike that of client_golang it says since when it counts.
type counterFunc struct {
	desc    *prometheus.Desc
	created time.Time
	read    func() uint64
}

// newCounterFunc returns a counter that counts from now.
func newCounterFunc(name, help string, read func() uint64) prometheus.Collector {
	return counterFunc{prometheus.NewDesc(name, help, nil, nil), time.Now(), read}
}

// Describe sends the description.
func (c counterFunc) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }

// Collect sends the value.
func (c counterFunc) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetricWithCreatedTimestamp(c.desc, prometheus.CounterValue, float64(c.read()), c.created)
}
