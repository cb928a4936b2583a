package web

import (
	"cmp"
	"context"
	"html/template"
	"io"
	"iter"
	"net/http"
	"time"

	"octoeverywhere_exporter/probe"
)

// Options are what the pages are made from. Functions and methods may be called by many goroutines at once. Fields that are
// not said to be optional must be set.
type Options struct {
	Fleet    Fleet
	Edges    Edges
	Schedule Schedule
	History  History
	Metrics  Metrics
	// ExternalURL is where people reach the exporter, "": unknown. RoutePrefix is the part of its path that proxies do not strip:
	// all paths begin with it. It begins with a slash, unless it is empty, and does not end with one.
	ExternalURL, RoutePrefix string
	// MetricsPath follows RoutePrefix. CheckMetricsPath accepts it: it would take precedence over other routes; "": /metrics.
	MetricsPath string

	// TimeoutOffset is subtracted from the scrape timeout of a client of /probe, so that the response arrives in time; at most
	// half of the timeout is.
	TimeoutOffset time.Duration

	// OtherShard names the shard that probes a configured printer which this exporter does not; "" for any other name.
	OtherShard func(name string) string
	Shard      string // the shard of this exporter; "": there is only one
	Version    string // of the exporter; optional

	Config    func() io.Reader // the configuration in effect, as YAML without secrets
	Lifecycle bool             // serve POST /-/reload, POST /-/probe and POST /-/acknowledge
	Reload    func() error     // its error's text is shown
	Healthy   func() bool      // optional: always healthy; must not wait
	Ready     func() bool      // optional: always ready
	Pprof     bool             // serve /debug/pprof/

	MaxRequests int    // requests in flight for pages, lists and profiles, and as many for the metrics; 0: no limit
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

// History is what is remembered of the past.
type History interface {
	// Past returns a printer's periods and its prints that have ended, both sorted, the oldest first. A period ends when the
	// next one begins; the last one is in force. It fails with probe.ErrNoSuchPrinter, or when its context ends.
	Past(ctx context.Context, name string) ([]probe.Verdict, []probe.EndedPrint, error)
	// Events returns the newest events of all printers that happened at or after since and before until, the newest first, and
	// whether there are older ones. There are more than limit only if they happened within the same millisecond. It fails when
	// its context ends.
	Events(ctx context.Context, since, until time.Time, limit int) (events []probe.Event, more bool, err error)
	// Hours returns the hours of the fleet, the oldest first.
	Hours() []probe.Hour
}

// Metrics serves all metrics, or those of one printer.
type Metrics interface {
	Handler() http.Handler
	ProbeHandler(s *probe.Status, results []probe.Result) http.Handler
}

// site is the handler of all routes.
type site struct {
	Options
	pages  *template.Template
	assets assets
	limit  func(http.Handler) http.Handler // of costly requests, but not of those for the metrics
}

// New makes the handler of all routes; see the package documentation for them.
func New(o Options) http.Handler {
	o.MetricsPath = cmp.Or(o.MetricsPath, defaultMetricsPath)
	s := &site{Options: o, pages: parsePages(), assets: readAssets(), limit: limitCostly(o)}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.bounded(r))
	}
	routes := s.withPrefix(s.withMetrics(s.withErrors(mux)))
	return WithHeaders(guarded(o.Panicked, withBoundedURL(sameOrigin(o.ExternalURL).Handler(routes))))
}
