package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
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

// sinceStart is a collector whose counters and summaries count since the start of the process, and do not say it themselves.
type sinceStart struct {
	prometheus.Collector
	start *timestamppb.Timestamp
}

// Collect sends the metrics with that time.
func (c sinceStart) Collect(ch chan<- prometheus.Metric) {
	from := make(chan prometheus.Metric)
	go func() {
		defer close(from)
		c.Collector.Collect(from)
	}()
	for m := range from {
		ch <- metricSinceStart{m, c.start}
	}
}

type metricSinceStart struct {
	prometheus.Metric
	start *timestamppb.Timestamp
}

// Write writes the metric with the time of the start.
func (m metricSinceStart) Write(to *dto.Metric) error {
	if err := m.Metric.Write(to); err != nil {
		return err
	}
	switch {
	case to.Counter != nil:
		to.Counter.CreatedTimestamp = m.start
	case to.Summary != nil:
		to.Summary.CreatedTimestamp = m.start
	}
	return nil
}
