package view

import (
	"fmt"
	"iter"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// RequestTrace is one request of a probe, in words. A result holds nothing secret, and neither does this.
type RequestTrace struct {
	Request probe.Request
	Start   time.Time
	Result  string // "HTTP 200 in 120 ms", or the duration where no header was read
	Phases  []PhaseTrace
	Notes   []string    // about the connection, how it failed, and how long to wait
	Fault   fault.Fault // none: see Outcome
	Outcome string      // where there is no fault
}

// PhaseTrace is how long a phase of a request took.
type PhaseTrace struct {
	Phase    probe.Phase
	Duration time.Duration
}

// Brief is the duration in words.
func (p PhaseTrace) Brief() string { return Brief(p.Duration) }

// TraceOf describes one request of a probe.
func TraceOf(r probe.Result) RequestTrace {
	t := RequestTrace{Request: r.Request, Start: r.Sent, Result: Brief(r.Took), Fault: r.Fault}
	if status := r.Attempt.HTTPStatus; status != 0 {
		t.Result = fmt.Sprintf("HTTP %d in %s", status, t.Result)
	}
	for phase, took := range Phases(r.Attempt) {
		t.Phases = append(t.Phases, PhaseTrace{phase, took})
	}
	if r.Attempt.Reused {
		t.Notes = append(t.Notes, "connection reused")
	}
	if r.Attempt.ErrorKind != "" {
		t.Notes = append(t.Notes, fmt.Sprintf("failed in phase %s: %s", r.Attempt.Phase, r.Attempt.ErrorKind))
	}
	if r.RetryAfter > 0 {
		t.Notes = append(t.Notes, "Retry-After: "+Brief(r.RetryAfter))
	}
	switch {
	case r.Canceled:
		t.Fault, t.Outcome = fault.Fault{}, "Canceled by the exporter; says nothing about the printer."
	case r.Fault.None():
		t.Outcome = OK
	}
	return t
}

// TracesOf describes the requests of a probe.
func TracesOf(results []probe.Result) []RequestTrace {
	traces := make([]RequestTrace, len(results))
	for i, r := range results {
		traces[i] = TraceOf(r)
	}
	return traces
}

// Phases yields the phases that took time, in their order.
func Phases(a probe.Attempt) iter.Seq2[probe.Phase, time.Duration] {
	return func(yield func(probe.Phase, time.Duration) bool) {
		for phase := probe.Resolving; phase < probe.ResponseRead; phase++ {
			if took := a.Durations[phase]; took > 0 && !yield(phase, took) {
				return
			}
		}
	}
}
