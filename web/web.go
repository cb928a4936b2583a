package web

import (
	"context"
	"html/template"
	"iter"
	"net/http"
	"strings"
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
	Pprof     bool                            // serve /debug/pprof/
}

// Edge is what is known of the way to one of OctoEverywhere's edges.
type Edge struct {
	Name      string // the edge's host, never a printer's own
	Up, Known bool
	Since     time.Time // since when it is up or down; zero: unknown
	Failed    string    // what failed, in a few words; "" while it is up
}

// site is the handler of all routes.
type site struct {
	Options
	pages  *template.Template
	assets assets
}

// New makes the handler of all routes; see the package documentation for them.
func New(o Options) http.Handler {
	if o.MetricsPath == "" {
		o.MetricsPath = "/metrics"
	}
	s := &site{Options: o, pages: parsePages(), assets: readAssets()}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET /{$}":                    s.fleetPage,
		"GET /printers/{name}":        s.printerPage,
		"GET /assets/{file}":          s.asset,
		"GET /api/v1/printers":        s.apiPrinters,
		"GET /api/v1/printers/{name}": s.apiPrinter,
		"GET /sd":                     s.discovery,
	} {
		mux.Handle(pattern, gzhttp.GzipHandler(answer))
	}
	mux.HandleFunc("GET /probe", s.probe)
	mux.HandleFunc("GET /-/healthy", healthy)
	mux.HandleFunc("GET /-/ready", s.ready)
	mux.Handle("POST /-/reload", s.lifecycle(s.reload))
	mux.Handle("POST /-/probe", s.lifecycle(s.ask))
	if o.Pprof {
		handlePprof(mux)
	}
	return withHeaders(http.NewCrossOriginProtection().Handler(s.withMetrics(s.helpful(mux))))
}

// withMetrics serves the metrics at their path. That is the user's choice, also where it hides a route: as a pattern of
// the mux it could panic.
func (s *site) withMetrics(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != s.MetricsPath:
			rest.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		default:
			s.Metrics.ServeHTTP(w, r)
		}
	})
}

// contentSecurityPolicy lets pages load the embedded assets and ask this server, and nothing else.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

// withHeaders sets what every answer has. Nothing is to be kept by caches: everything is about now.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
