package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Admin returns the handler that scripts use to run a drill:
//
//	GET  /hits[?printer=NAME]             request counts as JSON
//	POST /hits                            reset the counts
//	GET  /faults                          the active fault of each printer, and the vocabulary, as JSON
//	POST /faults?printer=NAME&set=FAULT   set a fault
//	POST /faults?printer=NAME&clear=1     clear the fault
//	POST /print?printer=NAME              start a print
//	POST /restart, /down, /up             restart the service, start and end an outage
//	GET  /log                             state changes, one per line: time, printer or -, event
//
// [Relay.ServeHTTP] serves it below /-/sim/. It has no authentication: [Relay.Listen] accepts loopback addresses only.
func (r *Relay) Admin() http.Handler { return r.admin }

func (r *Relay) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hits", r.handleCounts)
	mux.HandleFunc("POST /hits", actionHandler(func(*http.Request) error { r.ResetCounts(); return nil }))
	mux.HandleFunc("GET /faults", r.handleFaults)
	mux.HandleFunc("POST /faults", actionHandler(r.handleSetFault))
	mux.HandleFunc("POST /print", actionHandler(func(req *http.Request) error { return r.StartPrint(req.FormValue("printer")) }))
	mux.HandleFunc("POST /restart", actionHandler(func(*http.Request) error { r.RestartService(); return nil }))
	mux.HandleFunc("POST /down", actionHandler(func(*http.Request) error { r.ServiceDown(); return nil }))
	mux.HandleFunc("POST /up", actionHandler(func(*http.Request) error { r.ServiceUp(); return nil }))
	mux.HandleFunc("GET /log", r.handleLog)
	return mux
}

// actionHandler returns a handler that runs action and responds 204, or 400 with its error.
func actionHandler(action func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if err := action(req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (r *Relay) handleSetFault(req *http.Request) error {
	name, faultName := req.FormValue("printer"), req.FormValue("set")
	if req.FormValue("clear") != "" {
		return r.ClearFault(name)
	}
	if faultName == "" {
		return fmt.Errorf("set=FAULT or clear=1 is missing for printer %q", name)
	}
	return r.SetFault(name, Fault(faultName))
}

// countsPage is the response of /hits.
type countsPage struct {
	Total    Counts            `json:"total"`
	Printers map[string]Counts `json:"printers"`
}

func (r *Relay) handleCounts(w http.ResponseWriter, req *http.Request) {
	if name := req.FormValue("printer"); name != "" {
		c, err := r.Counts(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		writeJSON(w, c)
		return
	}
	page := countsPage{Total: r.Total(), Printers: make(map[string]Counts, len(r.printers))}
	for _, p := range r.printers {
		page.Printers[p.Name] = p.counts()
	}
	writeJSON(w, page)
}

// faultsPage is the response of /faults.
type faultsPage struct {
	Vocabulary map[Fault]string `json:"vocabulary"`
	Printers   []printerState   `json:"printers"`
}

// printerState is a printer without its secrets.
type printerState struct {
	Name        string `json:"name"`
	Platform    string `json:"platform"`
	Site        string `json:"site"`
	Model       string `json:"model"`
	Fault       Fault  `json:"fault"` // active fault, as the service sees it
	State       string `json:"state"` // what the printer does, even if it is unreachable
	Description string `json:"description,omitempty"`
}

func (r *Relay) handleFaults(w http.ResponseWriter, _ *http.Request) {
	page := faultsPage{Vocabulary: map[Fault]string{}, Printers: make([]printerState, len(r.printers))}
	for _, name := range Faults() {
		page.Vocabulary[name] = name.Description()
	}
	now := time.Now()
	for i, p := range r.printers {
		p.mu.Lock()
		b, j := p.activeBehavior(now), p.job(now)
		p.mu.Unlock()
		page.Printers[i] = printerState{p.Name, p.Platform, p.Site, p.Model, r.throughService(p, b, now).fault, j.state, p.Description}
	}
	writeJSON(w, page)
}

func (r *Relay) handleLog(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, e := range r.Events() {
		name := e.Printer
		if name == "" {
			name = "-"
		}
		_, _ = fmt.Fprintf(w, "%s %s %s\n", e.Time.UTC().Format(time.RFC3339Nano), name, e.What)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
