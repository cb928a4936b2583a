// Package collector makes metrics out of what is known of printers. A metric is a row (name, type, labels, help, and a
// pure function from a printer's status to values); everything else is the same for all of them. docs/metrics.md is made
// from the rows.
//
// The exporter's own metrics, and those of Go and the process, come from an ordinary prometheus.Registry. Formats are
// negotiated by package expfmt, which also writes them; only the printers' text is written here (see textWriter for why).
package collector

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"octoeverywhere_exporter/probe"
)

// Options are what a Collector reads at each scrape. A function that is nil leaves its metrics out.
type Options struct {
	Printers   func() iter.Seq[*probe.Status]
	LabelNames func() []string                 // configured labels; each printer's series have all of them
	NextProbe  func(s *probe.Status) time.Time // when the printer's next question is due; zero: unknown
	Edges      func() []Edge                   // what is known of the service's edges
	Disabled   []Group                         // of the printers' metrics

	UnderWay    func() int    // probes that are being made
	Skipped     func() uint64 // probes that were left out since the start, because the one before still went on
	Connections func() int    // connections to the service that are open

	Sharing func() map[string]bool // of each edge that was asked, whether printers share its connections

	Version, Revision, GoVersion string
	ShardIndex, ShardTotal       int // this exporter's share of the printers: one of 0 to ShardTotal-1; 0, 0: all of them
}

// Collector is the metrics of a fleet and of the exporter itself. Its methods may be called by many goroutines at once.
type Collector struct {
	options  Options
	rows     []printerRow
	reserved []string // labels that cannot be configured
	registry *prometheus.Registry
	own      own
	scrapes  sync.Pool
}

// New makes a Collector.
func New(o Options) *Collector {
	c := &Collector{
		options: o, rows: printerRows(o.Disabled), reserved: reservedLabels(printerRows(nil)),
		registry: prometheus.NewRegistry(),
		scrapes:  sync.Pool{New: func() any { return newScrape() }},
	}
	c.own = newOwn(c.registry, &c.options)
	return c
}

// Register adds metrics of other parts of the exporter.
func (c *Collector) Register(more prometheus.Collector) error { return c.registry.Register(more) }

func (o *Options) printers() iter.Seq[*probe.Status] {
	if o.Printers == nil {
		return func(func(*probe.Status) bool) {}
	}
	return o.Printers()
}

// labelNames are the names of the labels that all series of printers have, sorted.
func (c *Collector) labelNames() []string {
	names := []string{printerLabel}
	if c.options.LabelNames != nil {
		names = append(names, c.options.LabelNames()...)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool {
		return n != printerLabel && slices.Contains(c.reserved, n)
	})
}

func (o *Options) nextProbe(s *probe.Status) time.Time {
	if o.NextProbe == nil {
		return time.Time{}
	}
	return o.NextProbe(s)
}
