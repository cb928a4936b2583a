package collector

import (
	"slices"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// lastProbe is the last probe of a printer as blackbox_exporter would show it.
type lastProbe struct {
	*probe.Status
	attempt *probe.Attempt    // to send the first request; nil: unknown
	edge    *probe.EdgeStatus // of the printer
}

// phases are the phases of blackbox_exporter, sorted, and ours.
var phases = [...]struct {
	name  string
	phase probe.Phase
}{
	{"connect", probe.Connecting},
	{"processing", probe.Waiting},
	{"resolve", probe.Resolving},
	{"tls", probe.Handshaking},
	{"transfer", probe.Receiving},
}

// When metrics of blackbox_exporter are absent.
const (
	beforeRequest = beforeFirst + " of this process"
)

// blackboxRows are the metrics that blackbox_exporter has for each probe by HTTP, sorted by name. They are about the first request
// of the last probe. What blackbox_exporter shows as 0 is 0 here: alerts compare probe_http_status_code with 200.
func blackboxRows() []row[*lastProbe] {
	return []row[*lastProbe]{
		{
			name: "probe_dns_lookup_time_seconds", kind: dto.MetricType_GAUGE, help: "Duration of the DNS lookup in seconds; 0 if none was needed.", absent: beforeRequest,
			read: ofAttempt(func(a *probe.Attempt) float64 { return seconds(a.Durations[probe.Resolving]) }),
		}, {
			name: "probe_duration_seconds", kind: dto.MetricType_GAUGE, help: "Duration of the probe in seconds.", absent: beforeFirst,
			read: one(func(p *lastProbe) (float64, bool) { return seconds(p.Took), p.Probed() }),
		}, {
			name: "probe_http_duration_seconds", kind: dto.MetricType_GAUGE, labels: []string{"phase"}, absent: beforeRequest,
			help: "Duration of the HTTP request by phase (resolve, connect, tls, processing, transfer) in seconds; 0 for phases that were not needed.",
			read: func(p *lastProbe, to []sample) []sample {
				if p.attempt == nil {
					return to
				}
				for _, f := range phases {
					to = append(to, sample{seconds(p.attempt.Durations[f.phase]), [maxLabels]string{f.name}})
				}
				return to
			},
		}, {
			name: "probe_http_redirects", kind: dto.MetricType_GAUGE, help: "Number of redirects; always 0, because none is followed.", absent: beforeRequest,
			read: ofAttempt(func(*probe.Attempt) float64 { return 0 }),
		}, {
			name: "probe_http_ssl", kind: dto.MetricType_GAUGE, help: "Whether TLS is used (1) or not (0).",
			read: one(func(p *lastProbe) (float64, bool) { return bit(p.TLS), true }),
		}, {
			name: "probe_http_status_code", kind: dto.MetricType_GAUGE, help: "HTTP status code of the response; 0 if no header was received.", absent: beforeRequest,
			read: ofAttempt(func(a *probe.Attempt) float64 { return float64(a.HTTPStatus) }),
		}, {
			name: "probe_http_version", kind: dto.MetricType_GAUGE, help: "HTTP version of the response; 0 if no header was received.", absent: beforeRequest,
			read: ofAttempt(func(a *probe.Attempt) float64 { return (float64(a.HTTPVersion[0])*10 + float64(a.HTTPVersion[1])) / 10 }),
		}, {
			name: "probe_ip_protocol", kind: dto.MetricType_GAUGE, help: "IP protocol of the connection, 4 or 6; behind a proxy, of that to the proxy; 0 if there was none.", absent: beforeRequest,
			read: ofAttempt(func(a *probe.Attempt) float64 { return float64(a.IPProtocol) }),
		}, {
			name: "probe_ssl_earliest_cert_expiry", kind: dto.MetricType_GAUGE, help: "Unix time when the earliest certificate of the last new connection to the printer's edge expires.",
			absent: beforeEdge + ", if it sent no certificate, and for printers behind a proxy",
			read:   one(func(p *lastProbe) (float64, bool) { return float64(p.edge.Expiry.Unix()), !p.edge.Expiry.IsZero() }),
		}, {
			name: "probe_success", kind: dto.MetricType_GAUGE, help: "Whether the probe succeeded (1) or not (0).", absent: beforeFirst,
			read: one(func(p *lastProbe) (float64, bool) { return bit(p.Success()), p.Probed() }),
		},
	}
}

// ofAttempt reads a gauge from an attempt, if it is known.
func ofAttempt(value func(*probe.Attempt) float64) func(*lastProbe, []sample) []sample {
	return one(func(p *lastProbe) (float64, bool) {
		if p.attempt == nil {
			return 0, false
		}
		return value(p.attempt), true
	})
}

// lastProbe returns the last probe of a printer from its results.
func (c *Collector) lastProbe(s *probe.Status, results []probe.Result) *lastProbe {
	last := &lastProbe{Status: s, edge: &probe.EdgeStatus{}}
	if len(results) > 0 && !results[0].Canceled {
		last.attempt = &results[0].Attempt
	}
	all := c.options.Edges.All()
	if i := slices.IndexFunc(all, func(e probe.EdgeStatus) bool { return e.Name == s.Edge }); i >= 0 {
		last.edge = &all[i]
	}
	return last
}

// families converts the blackbox rows to metric families; those without a series are left out.
func (p *lastProbe) families() (all []*dto.MetricFamily) {
	for _, r := range blackboxRows() {
		f := &dto.MetricFamily{Name: &r.name, Help: &r.help, Type: r.kind.Enum()}
		for _, s := range r.read(p, nil) {
			m := &dto.Metric{Gauge: &dto.Gauge{Value: new(s.value)}}
			for i, name := range r.labels {
				m.Label = append(m.Label, &dto.LabelPair{Name: new(name), Value: new(s.labels[i])})
			}
			f.Metric = append(f.Metric, m)
		}
		if len(f.Metric) > 0 {
			all = append(all, f)
		}
	}
	return all
}
