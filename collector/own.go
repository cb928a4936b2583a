package collector

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"octoeverywhere_exporter/probe"
)

const ownPrefix = prefix + "exporter_"

// own are the metrics of the exporter itself that are told what happens; all others are read at a scrape.
type own struct {
	asked      [len(probe.Requests) + 1]prometheus.Observer // by question
	lateness   prometheus.Histogram
	reloadGood prometheus.Gauge
	reloadedAt prometheus.Gauge
	panics     map[Work]prometheus.Counter
	refused    prometheus.Counter
}

// Work is what a panic can be contained in: a word of the label `during`.
type Work string

// All kinds of work that are counted when they end in a panic.
const (
	Probing    Work = "probe"
	TryingEdge Work = "edge"
	Answering  Work = "request"
)

func newOwn(r *prometheus.Registry, o *Options) own {
	requests := prometheus.NewHistogramVec(histogram(prefix+"request_duration_seconds",
		"How long requests took, by the API that was asked.",
		.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30), []string{"api"})
	m := own{
		lateness: prometheus.NewHistogram(histogram(ownPrefix+"probe_lateness_seconds",
			"How much later than planned probes began.",
			.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5)),
		reloadGood: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: ownPrefix + "config_last_reload_successful",
			Help: "Whether the configuration was good when it was last read (1), or not (0).",
		}),
		reloadedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: ownPrefix + "config_last_reload_success_timestamp_seconds",
			Help: "When a good configuration was last read, in Unix time; 0 before that.",
		}),
		panics: map[Work]prometheus.Counter{},
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: ownPrefix + "web_requests_refused_total",
			Help: "Requests to the exporter that were refused (503) because too many were being answered: more than --web.max-requests, or than --web.max-connections on an address.",
		}),
	}
	panics := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: ownPrefix + "panics_total",
		Help: "Mistakes of the exporter itself that ended a probe, a try of an edge or a request, and nothing else; its log has where.",
	}, []string{"during"})
	for _, w := range [...]Work{Probing, TryingEdge, Answering} {
		m.panics[w] = panics.WithLabelValues(string(w))
	}
	for _, q := range probe.Requests {
		m.asked[q] = requests.WithLabelValues(q.String())
	}
	r.MustRegister(requests, m.lateness, m.reloadGood, m.reloadedAt, panics, m.refused, buildInfo(o), shardInfo(o),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registerRead(r, o)
	return m
}

// histogram is a native histogram with classic buckets beside it, in seconds.
func histogram(name, help string, buckets ...float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

func buildInfo(o *Options) prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: ownPrefix + "build_info", Help: "What this exporter was built from; always 1.",
		ConstLabels: prometheus.Labels{"version": o.Version, "revision": o.Revision, "goversion": o.GoVersion},
	})
	info.Set(1)
	return info
}

// shardInfo has the words of the flags. An exporter that has all printers is the only one of one.
func shardInfo(o *Options) prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: ownPrefix + "shard_info", Help: "Which share of the printers this exporter probes (0 is the first), and among how many they are shared; always 1.",
		ConstLabels: prometheus.Labels{"index": strconv.Itoa(o.ShardIndex), "total": strconv.Itoa(max(1, o.ShardTotal))},
	})
	info.Set(1)
	return info
}

// registerRead registers the metrics that are read at a scrape.
func registerRead(r *prometheus.Registry, o *Options) {
	gauge := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: ownPrefix + name, Help: help}, read))
	}
	gauge("printers", "Printers that this exporter probes.", func() float64 {
		n := 0.0
		for range o.printers() {
			n++
		}
		return n
	})
	gauge("shards", "Among how many exporters the printers are shared: the label total of shard_info, as a number to reckon with.", func() float64 { return float64(max(1, o.ShardTotal)) })
	if o.UnderWay != nil {
		gauge("probes_under_way", "Probes that are being made.", func() float64 { return float64(o.UnderWay()) })
	}
	if o.Connections != nil {
		gauge("connections_open", "Connections to OctoEverywhere that are open.", func() float64 { return float64(o.Connections()) })
	}
	if o.Skipped != nil {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: ownPrefix + "probes_skipped_total",
			Help: "Probes that were left out because the one before still went on.",
		}, func() float64 { return float64(o.Skipped()) }))
	}
	if o.Sharing != nil {
		r.MustRegister(sharing{o.Sharing})
	}
	if o.Edges != nil {
		r.MustRegister(edges(o.Edges))
	}
}

// Asked tells how long a question to a printer or to the service took.
func (c *Collector) Asked(q probe.Request, took time.Duration) {
	c.own.asked[q].Observe(took.Seconds())
}

// Late tells how much later than planned a probe began.
func (c *Collector) Late(d time.Duration) { c.own.lateness.Observe(max(0, d.Seconds())) }

// Reloaded tells that the configuration was read, and whether it was good.
func (c *Collector) Reloaded(ok bool, at time.Time) {
	c.own.reloadGood.Set(bit(ok))
	if ok {
		c.own.reloadedAt.Set(float64(at.UnixMilli()) / 1e3)
	}
}

// Panicked tells that work ended in a panic that was contained.
func (c *Collector) Panicked(during Work) { c.own.panics[during].Inc() }

// Refused tells that a request to the exporter itself was refused because too many were being answered.
func (c *Collector) Refused() { c.own.refused.Inc() }
