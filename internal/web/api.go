package web

import (
	"net/http"
	"time"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/probe"
)

// apiPrinters lists all printers.
func (s *site) apiPrinters(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	writeList(w, `{"printers":[`, "]}\n", s.Fleet.All(), func(status *probe.Status) any {
		return api.PrinterOf(status, s.Schedule.NextProbe(status), now)
	})
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
