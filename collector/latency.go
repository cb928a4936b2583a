package collector

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// Metadata of the histograms of Latency.
const (
	latencyName = prefix + "probe_latency_seconds"
	latencyHelp = "Durations of probes, as a native histogram: a Prometheus that does not scrape protobuf gets count and sum only."
)

// Latency has a native histogram of probe durations per printer. Its methods may be called by several goroutines.
type Latency struct {
	mu         sync.RWMutex
	histograms map[string]prometheus.Histogram // by printer
}

// NewLatency returns a Latency without durations.
func NewLatency() *Latency { return &Latency{histograms: map[string]prometheus.Histogram{}} }

// Probed records how long a probe took, from its results: a ping that followed a status request belongs to it, info does not. It
// does nothing to a nil Latency.
func (l *Latency) Probed(printer string, results []probe.Result) {
	if l == nil {
		return
	}
	var ended time.Time
	for _, r := range results {
		switch {
		case r.Canceled:
			return
		case r.Request != probe.InfoRequest:
			ended = r.Ended()
		}
	}
	if !ended.IsZero() {
		l.histogram(printer).Observe(ended.Sub(results[0].Sent).Seconds())
	}
}

// histogram returns the histogram of a printer. The printer's labels are added at a scrape: a reload can change them.
func (l *Latency) histogram(printer string) prometheus.Histogram {
	if h, ok := l.known(printer); ok {
		return h
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.histograms[printer]
	if !ok {
		h = prometheus.NewHistogram(histogramOpts(latencyName, latencyHelp))
		l.histograms[printer] = h
	}
	return h
}

func (l *Latency) known(printer string) (prometheus.Histogram, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	h, ok := l.histograms[printer]
	return h, ok
}

// Keep drops the histograms of all printers but these. It does nothing to a nil Latency.
func (l *Latency) Keep(printers []probe.Target) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	keep := make(map[string]prometheus.Histogram, len(printers))
	for _, t := range printers {
		if h, ok := l.histograms[t.Name]; ok {
			keep[t.Name] = h
		}
	}
	l.histograms = keep
}

// family returns the histograms of printers with all their labels; false where there are none.
func (l *Latency) family(printers iter.Seq[*probe.Status], names []string) (*dto.MetricFamily, bool) {
	if l == nil {
		return nil, false
	}
	var s snapshot
	s.take(printers, names)
	f := &dto.MetricFamily{Name: new(latencyName), Help: new(latencyHelp), Type: dto.MetricType_HISTOGRAM.Enum()}
	for _, p := range s.printers {
		h, ok := l.known(p.Name)
		if !ok || p.Disabled {
			continue
		}
		m := &dto.Metric{}
		if err := h.Write(m); err != nil {
			panic(err) // it only fails for labels, and there are none
		}
		for i, name := range names {
			m.Label = append(m.Label, &dto.LabelPair{Name: &name, Value: new(s.label(p, i))})
		}
		f.Metric = append(f.Metric, m)
	}
	return f, len(f.Metric) > 0
}

// insert adds a family to families that are sorted by name.
func insert(families []*dto.MetricFamily, f *dto.MetricFamily) []*dto.MetricFamily {
	i := slices.IndexFunc(families, func(o *dto.MetricFamily) bool { return o.GetName() > f.GetName() })
	if i < 0 {
		i = len(families)
	}
	return slices.Insert(families, i, f)
}
