package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"octoeverywhere_exporter/probe"
)

// lifecycle rejects requests unless the lifecycle API is enabled.
func (s *site) lifecycle(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.Lifecycle {
			http.Error(w, "the lifecycle API is disabled: start the exporter with --web.enable-lifecycle", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func (s *site) reload(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reload(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeText(w, "configuration reloaded\n")
}

// config writes the configuration in effect.
func (s *site) config(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.Copy(w, s.Config())
}

// probeNow probes a printer immediately and writes the trace. A browser is redirected to the printer's page.
func (s *site) probeNow(w http.ResponseWriter, r *http.Request) {
	name, ok := targetOf(w, r)
	if !ok {
		return
	}
	status, results, err := s.Fleet.ProbeNow(r.Context(), name)
	if err != nil {
		s.probeError(w, name, err)
		return
	}
	if acceptsHTML(r) {
		redirectToPrinter(w, name, "#trace")
		return
	}
	writeText(w, s.trace(status, results))
}

// acknowledge ends the lost print of a printer. A browser is redirected to the printer's page.
func (s *site) acknowledge(w http.ResponseWriter, r *http.Request) {
	name, ok := targetOf(w, r)
	if !ok {
		return
	}
	switch err := s.Fleet.Acknowledge(name); {
	case errors.Is(err, probe.ErrNotLost):
		http.Error(w, fmt.Sprintf("no print of %q is lost", name), http.StatusConflict)
	case err != nil:
		s.probeError(w, name, err)
	case acceptsHTML(r):
		redirectToPrinter(w, name, "#print")
	default:
		writeText(w, "lost print acknowledged\n")
	}
}

// redirectToPrinter redirects a browser to a section of a printer's page after a post below /-/.
func redirectToPrinter(w http.ResponseWriter, name, section string) {
	w.Header().Set("Location", "../printers/"+url.PathEscape(name)+section) // relative: see frame.Root
	w.WriteHeader(http.StatusSeeOther)
}
