package web

import (
	"io"
	"net/http"
	"net/http/pprof"
)

// Paths of the health checks.
const (
	healthyPath = "/-/healthy"
	readyPath   = "/-/ready"
)

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

// Health serves only /-/healthy and /-/ready, as New does.
func Health(healthy, ready func() bool) http.Handler {
	s := &site{Options: Options{Healthy: healthy, Ready: ready}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+healthyPath, s.healthy)
	mux.HandleFunc("GET "+readyPath, s.ready)
	return WithHeaders(mux)
}

func (s *site) healthy(w http.ResponseWriter, _ *http.Request) {
	if s.Healthy != nil && !s.Healthy() {
		http.Error(w, "octoeverywhere_exporter is not healthy: scheduled probes are not starting", http.StatusServiceUnavailable)
		return
	}
	writeText(w, "octoeverywhere_exporter is healthy\n")
}

func (s *site) ready(w http.ResponseWriter, _ *http.Request) {
	if s.Ready != nil && !s.Ready() {
		http.Error(w, "octoeverywhere_exporter is not ready", http.StatusServiceUnavailable)
		return
	}
	writeText(w, "octoeverywhere_exporter is ready\n")
}

// redirectToProfiles replaces the redirect of the mux, which is not relative.
func redirectToProfiles(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "pprof/")
	w.WriteHeader(http.StatusMovedPermanently)
}

// profiles are the routes of net/http/pprof. The command line is left out, because arguments can hold secrets.
var profiles = []route{
	{"GET /debug/pprof", light, false, noParameters, redirectToProfiles},
	{"GET /debug/pprof/", costly, false, nil, pprof.Index},
	{"GET /debug/pprof/profile", costly, false, nil, pprof.Profile},
	{"GET /debug/pprof/symbol", costly, false, nil, pprof.Symbol},
	{"POST /debug/pprof/symbol", costly, false, nil, pprof.Symbol},
	{"GET /debug/pprof/trace", costly, false, nil, pprof.Trace},
}
