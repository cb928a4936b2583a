package collector

import (
	"cmp"
	"runtime"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const ownPrefix = prefix + "exporter_"

// newRegistry returns a registry of all metrics but those of printers.
func newRegistry(o *Options) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(o.Recorder.collectors...)
	r.MustRegister(buildInfo(o), exporterInfo(o), shardInfo(o), sharing{o.Fleet}, edges{o.Edges})
	if !o.WithoutRuntime {
		start := timestamppb.Now()
		r.MustRegister(sinceStart{collectors.NewGoCollector(), start}, sinceStart{collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), start})
	}
	gauge := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: ownPrefix + name, Help: help}, read))
	}
	gauge("printers", "Number of printers that this exporter probes.", func() float64 {
		n := 0.0
		for s := range o.Fleet.All() {
			if !s.Disabled {
				n++
			}
		}
		return n
	})
	gauge("shards", "Total number of shards (--shard.total).", func() float64 { return float64(max(1, o.ShardTotal)) })
	gauge("probes_in_flight", "Number of probes in flight.", func() float64 { return float64(o.Fleet.InFlight()) })
	gauge("connections_open", "Number of open connections to OctoEverywhere.", func() float64 {
		open, _ := o.Fleet.Connections()
		return float64(open)
	})
	counter := func(name, help string, read func() uint64) {
		r.MustRegister(newCounterFunc(ownPrefix+name, help, read))
	}
	counter("probes_skipped_total", "Total number of scheduled probes that were skipped because the previous probe of that printer was still in flight.", o.Schedule.Skipped)
	dropped := o.LogDropped
	if dropped == nil {
		dropped = func() uint64 { return 0 }
	}
	counter("log_dropped_total", "Total number of log records that were dropped because they were not read fast enough, or not at all.", dropped)
	if o.Storage != nil {
		registerStorage(r, o.Storage)
	}
	return r
}

// buildInfo has the labels of package version of prometheus/common, which reads them from variables of its own. The branch is
// not part of a Go build.
func buildInfo(o *Options) prometheus.Collector {
	return info("build_info", "What this exporter was built from, and for which platform; always 1.", prometheus.Labels{
		"version": o.Version, "revision": o.Revision, "branch": "", "goversion": o.GoVersion, "goos": runtime.GOOS, "goarch": runtime.GOARCH,
		"tags": cmp.Or(o.Tags, "unknown"),
	})
}

func exporterInfo(o *Options) prometheus.Collector {
	return info("info", "Where people reach this exporter (--web.external-url); always 1.", prometheus.Labels{"external_url": o.ExternalURL})
}

// shardInfo has the words of the flags. An exporter without shards is the only one of one.
func shardInfo(o *Options) prometheus.Collector {
	return info("shard_info", "Which shard this exporter is (0 is the first), and how many there are; always 1.",
		prometheus.Labels{"index": strconv.Itoa(o.ShardIndex), "total": strconv.Itoa(max(1, o.ShardTotal))})
}

// info is a metric that is always 1.
func info(name, help string, labels prometheus.Labels) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: ownPrefix + name, Help: help, ConstLabels: labels})
	g.Set(1)
	return g
}
