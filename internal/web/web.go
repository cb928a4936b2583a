package web

import (
	"context"
	"html/template"
	"iter"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"octoeverywhere_exporter/probe"
)

// Options are what the pages are made from. Functions and methods may be called by many goroutines at once. Fields that are
// not said to be optional must be set.
type Options struct {
	Fleet    Fleet
	Edges    Edges
	Schedule Schedule
	Metrics  Metrics
	// MetricsPath begins with a slash and takes precedence over all other routes; "": /metrics.
	MetricsPath string

	// OtherShard names the shard that probes a configured printer which this exporter does not; "" for any other name.
	OtherShard func(name string) string
	Shard      string // the shard of this exporter; "": there is only one
	Version    string // of the exporter; optional

	Lifecycle bool         // serve POST /-/reload, POST /-/probe and POST /-/acknowledge
	Reload    func() error // its error's text is shown
	Healthy   func() bool  // optional: always healthy; must not wait
	Ready     func() bool  // optional: always ready
	Pprof     bool         // serve /debug/pprof/

	MaxRequests int    // requests in flight for metrics, pages, lists and profiles; 0: no limit
	Rejected    func() // called for each request above that limit
	// Panicked is called when a request ended in a panic, with its route, a description without secrets, and the stack.
	Panicked func(route, text string, stack []byte)
}

// Fleet is the set of printers. Current and ProbeNow fail with probe.ErrNoSuchPrinter, or when their context ends.
type Fleet interface {
	All() iter.Seq[*probe.Status] // in the order of the configuration
	Status(name string) (*probe.Status, bool)
	Steps(name string) []probe.Result // of the last probe
	// Current returns the last result if it is younger than the interval, that of the probe in flight, or else probes.
	Current(ctx context.Context, name string) (*probe.Status, []probe.Result, error)
	// ProbeNow requests the printer's status, whatever its backoff.
	ProbeNow(ctx context.Context, name string) (*probe.Status, []probe.Result, error)
	// Acknowledge ends the printer's lost print. It fails with probe.ErrNoSuchPrinter or probe.ErrNotLost.
	Acknowledge(name string) error
}

// Edges is the set of OctoEverywhere's edges.
type Edges interface{ All() []probe.EdgeStatus }

// Schedule tells when a printer is probed next; zero if that is unknown.
type Schedule interface {
	NextProbe(s *probe.Status) time.Time
}

// Metrics serves all metrics, or those of one printer.
type Metrics interface {
	Handler() http.Handler
	ProbeHandler(s *probe.Status) http.Handler
}

// site is the handler of all routes.
type site struct {
	Options
	pages  *template.Template
	assets assets
	limit  func(http.Handler) http.Handler
}

// New makes the handler of all routes; see the package documentation for them.
func New(o Options) http.Handler {
	if o.MetricsPath == "" {
		o.MetricsPath = "/metrics"
	}
	s := &site{Options: o, pages: parsePages(), assets: readAssets(), limit: limitRoutes(o)}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.bounded(r))
	}
	return WithHeaders(guarded(o.Panicked, http.NewCrossOriginProtection().Handler(s.withMetrics(s.withErrors(mux)))))
}

// route is a pattern of the mux with its handler. A probe is not limited: it waits for a printer nearly all of its time,
// and many may hang at once.
type route struct {
	pattern    string
	limited    bool // takes a slot of MaxRequests
	compressed bool // for clients that accept it
	handle     http.HandlerFunc
}

func (s *site) routes() []route {
	routes := []route{
		{"GET /{$}", true, true, s.fleetPage},
		{"GET /printers/{name}", true, true, s.printerPage},
		{"GET /assets/{file}", false, true, s.asset},
		{"GET /api/v1/printers", true, true, s.apiPrinters},
		{"GET /api/v1/printers/{name}", true, true, s.apiPrinter},
		{"GET /sd", true, true, s.discovery},
		{"GET /probe", false, false, s.probe},
		{"GET /-/healthy", false, false, s.healthy},
		{"GET /-/ready", false, false, s.ready},
		{"POST /-/reload", false, false, s.lifecycle(s.reload)},
		{"POST /-/probe", false, false, s.lifecycle(s.probeNow)},
		{"POST /-/acknowledge", false, false, s.lifecycle(s.acknowledge)},
	}
	if s.Pprof {
		routes = append(routes, profiles...)
	}
	return routes
}

func (s *site) bounded(r route) http.Handler {
	var h http.Handler = r.handle
	if r.compressed {
		h = gzhttp.GzipHandler(h)
	}
	if r.limited {
		h = s.limit(h)
	}
	return h
}

// withMetrics serves the metrics at their path, even where that hides a route. The path is not a pattern of the mux,
// because an invalid or conflicting pattern panics.
func (s *site) withMetrics(next http.Handler) http.Handler {
	metrics := s.limit(s.Metrics.Handler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != s.MetricsPath:
			next.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			s.methodNotAllowed(w, r, "GET, HEAD")
		default:
			metrics.ServeHTTP(w, r)
		}
	})
}
