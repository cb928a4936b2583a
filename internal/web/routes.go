package web

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// route is a pattern of the mux with its handler.
type route struct {
	pattern    string
	cost       cost
	compressed bool     // for clients that accept it
	parameters []string // all others are rejected; nil: any is accepted
	handle     http.HandlerFunc
}

// cost is what a request takes.
type cost uint8

const (
	light  cost = iota + 1 // next to nothing
	costly                 // a slot of MaxRequests
	waits                  // time until a printer has responded, and nothing else: many may hang at once
)

// Parameters of routes.
var (
	noParameters       = []string{}
	fleetParameters    = []string{"q", repeatable, "layer", "reason", "sort", "page"}
	overviewParameters = []string{"kiosk"}
	historyParameters  = []string{"since", "until", "limit"}
	probeParameters    = []string{"target", "debug"}
	target             = []string{"target"}
)

func (s *site) routes() []route {
	routes := []route{
		{"GET /{$}", costly, true, fleetParameters, s.fleetPage},
		{"GET /overview", costly, true, overviewParameters, s.overviewPage},
		{"GET /printers/{name}", costly, true, noParameters, s.printerPage},
		{"GET /assets/{file}", light, true, []string{"v"}, s.asset},
		{"GET /api/v1/printers", costly, true, noParameters, s.apiPrinters},
		{"GET /api/v1/printers/{name}", costly, true, noParameters, s.apiPrinter},
		{"GET /api/v1/printers/{name}/history", costly, true, historyParameters, s.apiPrinterHistory},
		{"GET /api/v1/history", costly, true, historyParameters, s.apiHistory},
		{"GET /sd", costly, true, noParameters, s.discovery},
		{"GET /config", costly, true, noParameters, s.config},
		{"GET /probe", waits, false, probeParameters, s.probe},
		{"GET " + healthyPath, light, false, nil, s.healthy},
		{"GET " + readyPath, light, false, nil, s.ready},
		{"POST /-/reload", light, false, noParameters, s.lifecycle(s.reload)},
		{"PUT /-/reload", light, false, noParameters, s.lifecycle(s.reload)},
		{"POST /-/probe", waits, false, target, s.lifecycle(s.probeNow)},
		{"POST /-/acknowledge", light, false, target, s.lifecycle(s.acknowledge)},
	}
	if s.Pprof {
		routes = append(routes, profiles...)
	}
	return routes
}

func (s *site) bounded(r route) http.Handler {
	var h http.Handler = r.handle
	if r.parameters != nil {
		h = s.withParameters(r.parameters, h)
	}
	if r.compressed {
		h = gzhttp.GzipHandler(h)
	}
	switch r.cost {
	case costly:
		h = s.limit(h)
	case waits:
		h = withWriteDeadlines(h)
	}
	return h
}

// withMetrics serves the metrics at their path, even where that hides a route. They have slots of their own. The path is not
// a pattern of the mux, because an invalid or conflicting pattern panics.
func (s *site) withMetrics(next http.Handler) http.Handler {
	metrics := limitCostly(s.Options)(s.withParameters(noParameters, s.Metrics.Handler()))
	notAllowed := s.limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.methodNotAllowed(w, r, "GET, HEAD") }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != s.MetricsPath:
			next.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			notAllowed.ServeHTTP(w, r)
		default:
			metrics.ServeHTTP(w, r)
		}
	})
}

// withErrors writes an error where no route matches. The mux decides whether a path or only its method is unknown.
func (s *site) withErrors(mux *http.ServeMux) http.Handler {
	unmatched := s.limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response := responseBuffer{status: http.StatusNotFound}
		if isClean(r.URL.EscapedPath()) {
			mux.ServeHTTP(&response, r)
		}
		switch response.status {
		case http.StatusNotFound:
			s.fail(w, r, response.status, fmt.Sprintf("path not found: %.100s", r.URL.Path))
		case http.StatusMethodNotAllowed:
			s.methodNotAllowed(w, r, response.Header().Get("Allow"))
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" && isClean(r.URL.EscapedPath()) {
			mux.ServeHTTP(w, r)
			return
		}
		unmatched.ServeHTTP(w, r)
	})
}

// isClean reports whether the mux does not redirect to a cleaned path: it would redirect out of the prefix of a proxy.
func isClean(p string) bool {
	clean := path.Clean(p)
	return clean == p || clean != "/" && clean+"/" == p || !strings.HasPrefix(p, "/") // as of CONNECT
}

func (s *site) methodNotAllowed(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	s.fail(w, r, http.StatusMethodNotAllowed, fmt.Sprintf("%.100s allows only %s", r.URL.Path, allow))
}
