package web

import (
	"bytes"
	"net/http"
	"runtime/debug"
	"time"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// apiPrinters lists all printers. One whose object cannot be made, which is a bug, is listed with the error instead, so that
// the others are complete.
func (s *site) apiPrinters(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	w.Header().Set("Content-Type", "application/json")
	_ = writeList(w, `{"printers":[`, "]}\n", s.printers(r), func(b *bytes.Buffer, status *probe.Status) {
		begin := b.Len()
		defer func() {
			if p := recover(); p != nil {
				s.Panicked(r.Pattern, view.PanicText(p), debug.Stack())
				b.Truncate(begin)
				encode(b, brokenPrinter{status.Name, internalError})
			}
		}()
		encode(b, api.PrinterOf(status, s.Schedule.NextProbe(status), now))
	})
}

// brokenPrinter is a printer whose object cannot be made.
type brokenPrinter struct {
	Name  string `json:"name"`
	Error string `json:"internal_error"`
}

// apiPrinter writes one printer.
func (s *site) apiPrinter(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	status, ok := s.Fleet.Status(name)
	if !ok {
		s.fail(w, r, http.StatusNotFound, s.missing(name))
		return
	}
	writeJSON(w, api.DetailsOf(status, s.Fleet.Steps(name), s.Schedule.NextProbe(status), time.Now()))
}
