package web

import (
	"net/http"
	"net/url"
)

// lifecycle lets a request through only where the user has allowed it.
func (s *site) lifecycle(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.Lifecycle {
			http.Error(w, "the lifecycle API is not enabled: start the exporter with --web.enable-lifecycle", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func (s *site) reload(w http.ResponseWriter, r *http.Request) {
	if err := s.Reload(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeText(w, "the configuration was reloaded\n")
}

// ask asks a printer for its status now, and shows the exchange; to a browser on the printer's page.
func (s *site) ask(w http.ResponseWriter, r *http.Request) {
	name, ok := target(w, r)
	if !ok {
		return
	}
	status, steps, err := s.Fleet.ProbeNow(r.Context(), name)
	if err != nil {
		s.refuse(w, name, err)
		return
	}
	if readsHTML(r) {
		w.Header().Set("Location", "../printers/"+url.PathEscape(name)+"#exchange") // relative: see frame.Root
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	writeText(w, s.exchange(status, steps))
}
