// Package collector exports what is known about printers. A metric is a row: name, type, labels, help, and a pure function
// from a printer's status to values. docs/metrics.md is generated from the rows.
//
// The exporter's own metrics, and those of Go and the process, come from a prometheus.Registry. Package expfmt negotiates the
// format and writes it, except for the text of the printers (see textWriter).
package collector

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"octoeverywhere_exporter/probe"
)

// Options are what a Collector exports. All interfaces must be set; all are read at each scrape.
type Options struct {
	Recorder   *Recorder
	Fleet      Fleet
	Edges      Edges
	Schedule   Schedule
	LabelNames func() []string // configured labels; each printer's series have all of them
	Disabled   []Group         // of the printers' metrics
	// Panicked is called when the values of a printer's metric ended in a panic: they are left out.
	Panicked   func(printer string, value any, stack []byte)
	Latency    *Latency            // nil: off
	LogDropped func() uint64       // log records that were dropped; nil: none is
	Storage    func() StorageStats // nil: there is no storage

	OpenMetricsCreated bool // OpenMetrics has created timestamps, too: one more series per counter
	WithoutRuntime     bool // without the metrics of Go and of the process

	Version, Revision, GoVersion, Tags string
	ExternalURL                        string // of the exporter; optional
	ShardIndex, ShardTotal             int    // ShardTotal 0: there is only one shard
}

// Fleet is the set of printers.
type Fleet interface {
	All() iter.Seq[*probe.Status]
	InFlight() int                                    // probes in flight
	Connections() (open int, sharing map[string]bool) // and whether printers share those of an edge
}

// Edges is the set of OctoEverywhere's edges.
type Edges interface{ All() []probe.EdgeStatus }

// Schedule tells when printers are probed.
type Schedule interface {
	NextProbe(s *probe.Status) time.Time // zero: unknown
	Skipped() uint64                     // ticks that were dropped since the start
}

// Collector is the metrics of a fleet and of the exporter itself. Its methods may be called by several goroutines.
type Collector struct {
	options  Options
	rows     []printerRow
	reserved []string // labels that cannot be configured
	registry *prometheus.Registry
	scrapes  sync.Pool
}

// New returns a Collector.
func New(o Options) *Collector {
	return &Collector{
		options: o, rows: printerRows(o.Disabled), reserved: reservedLabels(printerRows(nil)),
		registry: newRegistry(&o),
		scrapes:  sync.Pool{New: func() any { return newScrape() }},
	}
}

// labelNames are the names of the labels that all series of printers have, sorted.
func (c *Collector) labelNames() []string {
	names := append([]string{printerLabel}, c.options.LabelNames()...)
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool {
		return n != printerLabel && slices.Contains(c.reserved, n)
	})
}
