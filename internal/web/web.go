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

// Options are what the pages are made from. All functions may be called by many goroutines at once; those that are not
// said to be optional must be given.
type Options struct {
	Printers func() iter.Seq[*probe.Status] // in the order of the configuration
	Printer  func(name string) (*probe.Status, bool)
	// Current gives a fresh result, that of the probe under way, or makes a probe; Ask asks for the status now. Both fail
	// with probe.ErrNoSuchPrinter, or as their context ends.
	Current func(ctx context.Context, name string) (*probe.Status, []probe.Result, error)
	Ask     func(ctx context.Context, name string) (*probe.Status, []probe.Result, error)
	// Elsewhere names the exporter that probes a configured printer which this one does not, "" where there is none.
	// Optional.
	Elsewhere func(name string) string
	// Steps are the results of a printer's last probe, as Current gives them, but nothing is asked.
	Steps func(name string) []probe.Result
	// NextProbe is when the printer is asked next; zero where that is unknown.
	NextProbe func(*probe.Status) time.Time

	Metrics     http.Handler
	MetricsPath string // begins with a slash and goes before any other route; "": /metrics
	// ProbeMetrics writes the metrics of one printer, in the format that r accepts.
	ProbeMetrics func(w http.ResponseWriter, r *http.Request, s *probe.Status)

	Lifecycle bool                            // serve POST /-/reload and POST /-/probe
	Reload    func(ctx context.Context) error // its error's text is shown; optional without Lifecycle
	Ready     func() bool                     // optional: always ready
	Edges     func() []Edge                   // optional
	Version   string                          // of the exporter; optional
	Shard     string                          // which share of the printers this is; "": all
	Pprof     bool                            // serve /debug/pprof/

	// MaxRequests bounds how many requests for metrics, pages, lists and profiles are answered at a time; 0: it does not.
	MaxRequests int
	Refused     func() // told of each that was one too many; optional
	// Panicked is told of a request that ended in a panic: its route, what it was about without anything secret, and
	// where; optional.
	Panicked func(route, what string, stack []byte)
}

// Edge is what is known of the way to one of OctoEverywhere's edges.
type Edge struct {
	Name      string // the edge's host, never a printer's own
	Up, Known bool
	Since     time.Time // since when it is up or down; zero: unknown
	Failed    string    // what failed, in a sentence; "" while it is up
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
	s := &site{Options: o, pages: parsePages(), assets: readAssets(), limit: limit(o.MaxRequests, o.Refused)}
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
		{"GET /-/healthy", false, false, healthy},
		{"GET /-/ready", false, false, s.ready},
		{"POST /-/reload", false, false, s.lifecycle(s.reload)},
		{"POST /-/probe", false, false, s.lifecycle(s.probeNow)},
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
	metrics := s.limit(s.Metrics)
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
