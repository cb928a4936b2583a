package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Admin is a handler for scripts that run a drill:
//
//	GET  /hits[?printer=NAME]             what was asked, as JSON
//	POST /hits                            counts anew
//	GET  /faults                          what is wrong with each printer now, and the vocabulary, as JSON
//	POST /faults?printer=NAME&set=WORD    puts a fault on
//	POST /faults?printer=NAME&clear=1     makes the printer well
//	POST /print?printer=NAME              starts a print
//	POST /restart, /down, /up             restarts the service, begins and ends an outage
//	GET  /log                             changes of state, one a line: time, printer or -, what
//
// [Relay.ServeHTTP] has it below /-/sim/ as well. It has no protection: [Relay.Listen] is for loopback only.
func (r *Relay) Admin() http.Handler { return r.admin }

func (r *Relay) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hits", r.handleCounts)
	mux.HandleFunc("POST /hits", actionHandler(func(*http.Request) error { r.ResetCounts(); return nil }))
	mux.HandleFunc("GET /faults", r.handleFaults)
	mux.HandleFunc("POST /faults", actionHandler(r.fault))
	mux.HandleFunc("POST /print", actionHandler(func(req *http.Request) error { return r.StartPrint(req.FormValue("printer")) }))
	mux.HandleFunc("POST /restart", actionHandler(func(*http.Request) error { r.RestartService(); return nil }))
	mux.HandleFunc("POST /down", actionHandler(func(*http.Request) error { r.ServiceDown(); return nil }))
	mux.HandleFunc("POST /up", actionHandler(func(*http.Request) error { r.ServiceUp(); return nil }))
	mux.HandleFunc("GET /log", r.handleLog)
	return mux
}

// done makes a handler of something to do: 204, or 400 with what is wrong.
func actionHandler(action func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if err := action(req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (r *Relay) fault(req *http.Request) error {
	name, word := req.FormValue("printer"), req.FormValue("set")
	if req.FormValue("clear") != "" {
		return r.ClearFault(name)
	}
	if word == "" {
		return fmt.Errorf("want set=WORD or clear=1 for printer %q", name)
	}
	return r.SetFault(name, Fault(word))
}

// hits is what /hits answers.
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
	h := countsPage{Total: r.Total(), Printers: make(map[string]Counts, len(r.printers))}
	for _, p := range r.printers {
		h.Printers[p.Name] = p.counts()
	}
	writeJSON(w, h)
}

// faults is what /faults answers.
type faultsPage struct {
	Vocabulary map[Fault]string `json:"vocabulary"`
	Printers   []printerState   `json:"printers"`
}

// patient is a printer without its secrets.
type printerState struct {
	Name        string `json:"name"`
	Platform    string `json:"platform"`
	Site        string `json:"site"`
	Model       string `json:"model"`
	Fault       Fault  `json:"fault"` // now
	State       string `json:"state"` // what the printer does, whoever can see it
	Description string `json:"story,omitempty"`
}

func (r *Relay) handleFaults(w http.ResponseWriter, _ *http.Request) {
	f := faultsPage{Vocabulary: map[Fault]string{}, Printers: make([]printerState, len(r.printers))}
	for _, word := range Faults() {
		f.Vocabulary[word] = word.Description()
	}
	now := time.Now()
	for i, p := range r.printers {
		p.mu.Lock()
		b, j := p.activeBehavior(now), p.job(now)
		p.mu.Unlock()
		f.Printers[i] = printerState{p.Name, p.Platform, p.Site, p.Model, r.throughService(p, b, now).fault, j.state, p.Description}
	}
	writeJSON(w, f)
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
