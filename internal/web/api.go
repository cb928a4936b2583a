package web

import (
	"encoding/json"
	"net/http"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// The objects of the JSON API. Their names are a promise: the package documentation lists them.
type (
	apiPrinter struct {
		Name            string              `json:"name"`
		Labels          map[string]string   `json:"labels,omitempty"`
		Success         bool                `json:"success"`
		Verdict         *apiVerdict         `json:"verdict,omitempty"`
		Layers          map[string]apiLayer `json:"layers"`
		State           string              `json:"state,omitempty"`
		LastState       string              `json:"last_state,omitempty"`
		Reading         map[string]float64  `json:"reading,omitempty"`
		PlatformVersion string              `json:"platform_version,omitempty"`
		Connection      *apiConnection      `json:"connection,omitempty"`
		LastProbe       time.Time           `json:"last_probe,omitzero"`
		LastSuccess     time.Time           `json:"last_success,omitzero"`
		NextProbe       time.Time           `json:"next_probe,omitzero"`
		Took            float64             `json:"probe_duration_seconds,omitzero"`
		Interval        float64             `json:"interval_seconds"`
		Probes          uint64              `json:"probes"`
		LostDuringPrint bool                `json:"lost_during_print"`
		SwitchedOff     bool                `json:"switched_off_while_idle"`
		Errors          []apiError          `json:"errors"`
	}
	apiVerdict struct {
		Since   time.Time `json:"since"`
		Layer   string    `json:"layer,omitempty"`
		Code    string    `json:"code,omitempty"`
		Reason  string    `json:"reason,omitempty"`
		Meaning string    `json:"meaning,omitempty"`
		Remedy  string    `json:"remedy,omitempty"`
		Owner   string    `json:"owner,omitempty"`
	}
	apiLayer struct {
		Up   bool      `json:"up"`
		Seen time.Time `json:"seen"`
	}
	apiConnection struct {
		Online         bool      `json:"online"`
		LastConnect    time.Time `json:"last_connect,omitzero"`
		LastDisconnect time.Time `json:"last_disconnect,omitzero"`
	}
	apiError struct {
		Layer  string    `json:"layer"`
		Code   string    `json:"code,omitempty"`
		Reason string    `json:"reason"`
		Count  uint64    `json:"count"`
		Last   time.Time `json:"last"`
		Stands bool      `json:"stands"`
	}
)

// apiPrinters lists all printers.
func (s *site) apiPrinters(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	writeList(w, `{"printers":[`, "]}\n", s.Fleet.All(), func(status *probe.Status) any { return s.apiPrinterOf(status, now) })
}

// apiPrinter gives one printer.
func (s *site) apiPrinter(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	status, ok := s.Fleet.Status(name)
	if !ok {
		s.fail(w, r, http.StatusNotFound, s.missing(name))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(apiOnePrinter{s.apiPrinterOf(status, time.Now()), apiHistoryOf(status), apiStepsOf(s.Fleet.Steps(name))})
}

func (s *site) apiPrinterOf(status *probe.Status, now time.Time) apiPrinter {
	p := apiPrinter{
		Name:            status.Name,
		Labels:          status.Labels,
		Success:         status.Success(),
		Verdict:         apiVerdictOf(status),
		Layers:          apiLayersOf(status, now),
		LastState:       status.LastState.String(),
		Connection:      apiConnectionOf(status, now),
		LastProbe:       exact(status.LastProbe),
		LastSuccess:     exact(status.LastSuccess),
		NextProbe:       exact(s.Schedule.NextProbe(status)),
		Took:            status.Took.Seconds(),
		Interval:        status.EffectiveInterval().Seconds(),
		Probes:          status.Probes,
		LostDuringPrint: status.LostDuringPrint(),
		SwitchedOff:     status.SwitchedOff(),
		Errors:          apiErrorsOf(status),
	}
	if status.HostUp(now) {
		p.State, p.PlatformVersion = status.Reading.State.String(), status.Reading.PlatformVersion()
	}
	for n, v := range present(status, now) {
		if p.Reading == nil {
			p.Reading = map[string]float64{}
		}
		p.Reading[n.name] = v
	}
	return p
}

func apiVerdictOf(s *probe.Status) *apiVerdict {
	if s.Since.IsZero() {
		return nil
	}
	f := s.Fault
	return &apiVerdict{exact(s.Since), f.Layer.String(), f.CodeLabel(), f.Reason, f.Meaning, f.Remedy, f.Layer.Owner()}
}

func apiLayersOf(s *probe.Status, now time.Time) map[string]apiLayer {
	layers := map[string]apiLayer{}
	for _, l := range fault.Layers {
		if up, known := s.Layer(l, now); known {
			layers[l.String()] = apiLayer{up, exact(s.LayerSeen(l))}
		}
	}
	return layers
}

func apiConnectionOf(s *probe.Status, now time.Time) *apiConnection {
	r, known := s.Connected(now)
	if !known {
		return nil
	}
	online, _ := r.Value(probe.ConnectionOnline)
	return &apiConnection{online == 1, unixTime(r, probe.LastConnection), unixTime(r, probe.LastDisconnection)}
}

func apiErrorsOf(s *probe.Status) []apiError {
	errors := make([]apiError, len(s.Errors))
	for i, m := range s.Errors {
		errors[i] = apiError{m.Fault.Layer.String(), m.Code, m.Fault.Reason, m.Count, exact(m.Last), stands(s, i)}
	}
	return errors
}

// stands reports whether entry i of the ledger is the fault that stands: a standing one is always the last.
func stands(s *probe.Status, i int) bool { return i == len(s.Errors)-1 && !s.Fault.None() }

// unixTime is a time that a reading holds; zero where it is unknown.
func unixTime(r *probe.Reading, f probe.Field) time.Time {
	v, known := r.Value(f)
	if !known {
		return time.Time{}
	}
	return exact(time.UnixMilli(int64(v * 1000)))
}

// exact is a time as the API gives it: in UTC, to the millisecond.
func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
