package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"octoeverywhere_exporter/probe"
)

// Recorder holds the metrics of events. It exists before the parts of the exporter that report these events to it; all
// other metrics are read at a scrape. Its methods may be called by several goroutines.
type Recorder struct {
	requestDurations [len(probe.Requests) + 1]prometheus.Observer // by request
	startDelay       prometheus.Histogram
	reloadSuccessful prometheus.Gauge
	reloadTime       prometheus.Gauge
	webConfigValid   prometheus.Gauge
	panics           map[Component]prometheus.Counter
	rejected         prometheus.Counter

	collectors []prometheus.Collector
}

// Component is a part of the exporter whose panics are recovered, and the value of the label `component`.
type Component string

// All components.
const (
	ProbeComponent   Component = "probe"
	EdgeComponent    Component = "edge"
	RequestComponent Component = "request"
	StorageComponent Component = "storage"
)

// NewRecorder returns a Recorder of no events.
func NewRecorder() *Recorder {
	requests := prometheus.NewHistogramVec(histogramOpts(prefix+"request_duration_seconds",
		"Duration of requests to OctoEverywhere in seconds, by API.",
		.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30), []string{"api"})
	panics := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: ownPrefix + "panics_total",
		Help: "Total number of recovered panics, by component. Each is a bug of the exporter; its log has the stack.",
	}, []string{"component"})
	r := &Recorder{
		startDelay: prometheus.NewHistogram(histogramOpts(ownPrefix+"probe_start_delay_seconds",
			"Delay between the scheduled time of probes and their start.",
			.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5)),
		reloadSuccessful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: ownPrefix + "config_last_reload_successful",
			Help: "Whether the last attempt to read the configuration was successful (1) or not (0).",
		}),
		reloadTime: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: ownPrefix + "config_last_reload_success_timestamp_seconds",
			Help: "Unix time when the configuration was last read successfully; 0 before that.",
		}),
		webConfigValid: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: ownPrefix + "web_config_last_reload_successful",
			Help: "Whether --web.config.file and the files that it names were valid when they were last read (1) or not (0): then TLS keeps the last valid certificate. 1 without such a file.",
		}),
		panics: map[Component]prometheus.Counter{},
		rejected: prometheus.NewCounter(prometheus.CounterOpts{
			Name: ownPrefix + "http_requests_rejected_total",
			Help: "Total number of requests to the exporter that were rejected (503) because too many were in flight: more than --web.max-requests, or than --web.max-connections on one address.",
		}),
	}
	for _, c := range [...]Component{ProbeComponent, EdgeComponent, RequestComponent, StorageComponent} {
		r.panics[c] = panics.WithLabelValues(string(c))
	}
	for _, q := range probe.Requests {
		r.requestDurations[q] = requests.WithLabelValues(q.String())
	}
	r.collectors = []prometheus.Collector{requests, r.startDelay, r.reloadSuccessful, r.reloadTime, r.webConfigValid, panics, r.rejected}
	return r
}

// histogramOpts are those of a native histogram, in seconds, which has classic buckets as well.
func histogramOpts(name, help string, buckets ...float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

// RequestDone records how long a request to a printer or to the service took.
func (r *Recorder) RequestDone(q probe.Request, took time.Duration) {
	r.requestDurations[q].Observe(took.Seconds())
}

// ProbeStarted records how long after its scheduled time a probe started.
func (r *Recorder) ProbeStarted(delay time.Duration) { r.startDelay.Observe(max(0, delay.Seconds())) }

// Reloaded records that the configuration was read, and whether that was successful.
func (r *Recorder) Reloaded(ok bool, at time.Time) {
	r.reloadSuccessful.Set(bit(ok))
	if ok {
		r.reloadTime.Set(float64(at.UnixMilli()) / 1e3)
	}
}

// WebConfigRead records that the web configuration was read, and whether it is valid.
func (r *Recorder) WebConfigRead(ok bool) { r.webConfigValid.Set(bit(ok)) }

// Panicked records a recovered panic.
func (r *Recorder) Panicked(c Component) { r.panics[c].Inc() }

// RequestRejected records that a request to the exporter was rejected because too many were in flight.
func (r *Recorder) RequestRejected() { r.rejected.Inc() }
