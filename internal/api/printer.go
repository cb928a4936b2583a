package api

import (
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

type (
	// Printer is a printer in a list. Values that are also metrics have the metric's name.
	Printer struct {
		Name            string             `json:"name"`
		Labels          map[string]string  `json:"labels,omitempty"`
		Enabled         bool               `json:"printer_enabled"`
		Success         *bool              `json:"probe_success,omitempty"`
		LastTransition  time.Time          `json:"last_transition,omitzero"`
		Fault           *Fault             `json:"fault,omitempty"`
		Layers          map[string]Layer   `json:"layers"`
		State           string             `json:"state,omitempty"`
		SubState        string             `json:"sub_state,omitempty"`
		ErrorText       string             `json:"error_text,omitempty"`
		StateSince      time.Time          `json:"printer_state_since,omitzero"`
		Attention       string             `json:"printer_attention,omitempty"`
		LastState       string             `json:"last_state,omitempty"`
		Reading         map[string]float64 `json:"reading,omitempty"`
		GadgetPause     time.Time          `json:"gadget_last_pause,omitzero"`
		GadgetWarning   time.Time          `json:"gadget_last_warning,omitzero"`
		PlatformVersion string             `json:"platform_version,omitempty"`
		Connection      *Connection        `json:"connection,omitempty"`
		InfoSuccess     *bool              `json:"info_success,omitempty"`
		InfoFault       *Fault             `json:"info_fault,omitempty"`
		LastProbe       time.Time          `json:"last_probe,omitzero"`
		LastSuccess     time.Time          `json:"last_success,omitzero"`
		NextProbe       time.Time          `json:"next_probe,omitzero"`
		Duration        float64            `json:"probe_duration_seconds,omitzero"`
		Interval        float64            `json:"probe_interval_seconds"`
		Probes          uint64             `json:"probes_total"`
		Failures        uint64             `json:"probe_failures_total"`
		LostDuringPrint *bool              `json:"lost_during_print,omitempty"`
		Print           *Print             `json:"print,omitempty"`
		Prints          map[string]uint64  `json:"prints_total"`
		SwitchedOff     *bool              `json:"switched_off,omitempty"`
		Errors          []Error            `json:"errors"`
	}
	// FaultKey is a fault in the label values of the metrics. All are empty where there is no fault.
	FaultKey struct {
		Layer  string `json:"layer,omitempty"`
		Code   string `json:"code,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	// Fault is the active fault.
	Fault struct {
		FaultKey
		Meaning string `json:"meaning"`
		Remedy  string `json:"remedy"`
		Owner   string `json:"owner"`
	}
	// Layer is what is known of a layer.
	Layer struct {
		Up          bool      `json:"up"`
		LastChecked time.Time `json:"last_checked"`
	}
	// Print is the print in progress or, where there is none, the last one.
	Print struct {
		Start        time.Time `json:"start"`
		LastSeen     time.Time `json:"last_seen"`
		LastProgress time.Time `json:"last_progress"`
		Progress     float64   `json:"progress_ratio,omitzero"`
		LostSince    time.Time `json:"lost_since,omitzero"`
		End          time.Time `json:"end,omitzero"`
		Outcome      string    `json:"outcome,omitempty"`
	}
	// Connection is the plugin's connection as the service reports it.
	Connection struct {
		Online         *bool     `json:"online,omitempty"`
		LastConnect    time.Time `json:"last_connect,omitzero"`
		LastDisconnect time.Time `json:"last_disconnect,omitzero"`
	}
	// Error counts a fault since the exporter started.
	Error struct {
		FaultKey
		Count    uint64    `json:"count"`
		LastSeen time.Time `json:"last_seen"`
		Active   bool      `json:"active"`
	}
)

// PrinterOf builds the object of a printer in a list. nextProbe is zero where it is unknown.
func PrinterOf(s *probe.Status, nextProbe, now time.Time) Printer {
	p := Printer{
		Name:           s.Name,
		Labels:         s.Labels,
		Enabled:        !s.Disabled,
		LastTransition: timestamp(s.Since),
		Layers:         layersOf(s, now),
		LastState:      s.LastState.String(),
		Connection:     ConnectionOf(s, now),
		LastProbe:      timestamp(s.LastProbe),
		LastSuccess:    timestamp(s.LastSuccess),
		NextProbe:      timestamp(nextProbe),
		Duration:       s.Took.Seconds(),
		Interval:       s.EffectiveInterval().Seconds(),
		Probes:         s.Probes,
		Failures:       s.Failures,
		Print:          printOf(&s.Print),
		Prints:         printsOf(&s.Print),
		Errors:         errorsOf(s),
	}
	p.Fault = faultOf(s.Fault)
	if f, known := s.Info(); known {
		p.InfoSuccess, p.InfoFault = new(f.None()), faultOf(f)
	}
	p.GadgetPause, p.GadgetWarning = knownTime(s.GadgetPause(now)), knownTime(s.GadgetWarning(now))
	if s.Probed() {
		p.Success = new(s.Success())
	}
	if s.Seen() {
		p.LostDuringPrint, p.SwitchedOff = new(s.LostDuringPrint()), new(s.SwitchedOff())
	}
	if s.ReadingHolds(now) {
		p.State, p.PlatformVersion = s.Reading.State.String(), s.Reading.PlatformVersion()
		p.SubState, p.ErrorText = view.Explained(s, now)
		p.StateSince, p.Attention = timestamp(s.StateSince), s.Reading.Attention().String()
	}
	for field, v := range s.Numbers(now) {
		if p.Reading == nil {
			p.Reading = map[string]float64{}
		}
		p.Reading[field.Name] = v
	}
	return p
}

// faultOf is the object of a fault; nil for none.
func faultOf(f fault.Fault) *Fault {
	if f.None() {
		return nil
	}
	return &Fault{keyOf(f), f.Meaning, f.Remedy, f.Layer.Owner()}
}

func keyOf(f fault.Fault) FaultKey { return FaultKey{f.Layer.String(), f.CodeLabel(), f.Reason} }

func layersOf(s *probe.Status, now time.Time) map[string]Layer {
	layers := map[string]Layer{}
	for _, l := range fault.Layers {
		if up, known := s.Layer(l, now); known {
			layers[l.String()] = Layer{up, timestamp(s.LayerSeen(l))}
		}
	}
	return layers
}

// printOf is the last print; nil where none was seen.
func printOf(p *probe.Print) *Print {
	if p.Start.IsZero() {
		return nil
	}
	return &Print{
		Start: timestamp(p.Start), LastSeen: timestamp(p.LastSeen), LastProgress: timestamp(p.LastProgress), Progress: p.Progress,
		LostSince: timestamp(p.LostSince), End: timestamp(p.End), Outcome: p.Outcome.String(),
	}
}

// printsOf counts the prints that ended, by outcome.
func printsOf(p *probe.Print) map[string]uint64 {
	counts := map[string]uint64{}
	for _, o := range probe.Outcomes {
		counts[o.String()] = p.Ended[o]
	}
	return counts
}

// ConnectionOf is the plugin's connection as the service reports it; nil where that is unknown or too old.
func ConnectionOf(s *probe.Status, now time.Time) *Connection {
	r, known := s.Connected(now)
	if !known {
		return nil
	}
	c := &Connection{LastConnect: readTime(r, probe.LastConnection), LastDisconnect: readTime(r, probe.LastDisconnection)}
	if online, known := r.Value(probe.ConnectionOnline); known {
		c.Online = new(online == 1)
	}
	return c
}

func errorsOf(s *probe.Status) []Error {
	errors := make([]Error, len(s.Errors))
	for i, e := range s.Errors {
		key := FaultKey{e.Fault.Layer.String(), e.Code, e.Fault.Reason} // e.Code can be probe.OtherCode
		errors[i] = Error{key, e.Count, timestamp(e.Last), view.IsActive(s, i)}
	}
	return errors
}

// readTime is a time of a reading; zero where it is unknown.
func readTime(r *probe.Reading, f probe.Field) time.Time {
	v, known := r.Value(f)
	if !known {
		return time.Time{}
	}
	return timestamp(time.UnixMilli(int64(v * 1000)))
}

// knownTime is a time in UTC; zero where it is unknown.
func knownTime(t time.Time, known bool) time.Time {
	if !known {
		return time.Time{}
	}
	return timestamp(t)
}

// timestamp is a time in UTC, to the millisecond; zero for one that JSON cannot hold (RFC 3339 has years of four digits): an
// error of a clock is not that of the whole list.
func timestamp(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if year := t.Year(); year < 0 || year > 9999 {
		return time.Time{}
	}
	return t
}
