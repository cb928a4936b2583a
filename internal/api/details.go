package api

import (
	"slices"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// RecentPeriods is how much history is shown together with other facts about a printer.
const RecentPeriods = 10

type (
	// Details is a printer that was requested by name. In a list, history and requests would be too much.
	Details struct {
		Printer
		History  []Change  `json:"history"`
		Requests []Request `json:"requests"`
	}
	// Change is a status that lasted from Since until Until.
	Change struct {
		Since time.Time `json:"since"`
		Until time.Time `json:"until,omitzero"`
		FaultKey
	}
	// Request is a request of the last probe.
	Request struct {
		Request    string             `json:"request"`
		Start      time.Time          `json:"start"`
		Duration   float64            `json:"duration_seconds"`
		Phases     map[string]float64 `json:"phase_duration_seconds,omitempty"`
		Reused     bool               `json:"connection_reused"`
		HTTPStatus int                `json:"http_status,omitempty"`
		Phase      string             `json:"phase,omitempty"`
		Error      string             `json:"error,omitempty"`
		RetryAfter float64            `json:"retry_after_seconds,omitzero"`
		Canceled   bool               `json:"canceled"`
		FaultKey
	}
)

// DetailsOf builds the object of a printer with the results of its last probe. nextProbe is zero where it is unknown.
func DetailsOf(s *probe.Status, results []probe.Result, nextProbe, now time.Time) Details {
	return Details{PrinterOf(s, nextProbe, now), historyOf(s, now), requestsOf(results)}
}

// historyOf lists the current status and those before it, RecentPeriods at most, the newest last.
func historyOf(s *probe.Status, now time.Time) []Change {
	changes := changesOf(s.Periods(now))
	changes = changes[:min(len(changes), RecentPeriods)]
	slices.Reverse(changes)
	return changes
}

func requestsOf(results []probe.Result) []Request {
	requests := make([]Request, len(results))
	for i, r := range results {
		requests[i] = Request{
			Request: r.Request.String(), Start: timestamp(r.Sent), Duration: r.Took.Seconds(), Reused: r.Attempt.Reused,
			HTTPStatus: r.Attempt.HTTPStatus, Error: string(r.Attempt.ErrorKind), RetryAfter: r.RetryAfter.Seconds(),
			Canceled: r.Canceled, FaultKey: keyOf(r.Fault),
		}
		if r.Attempt.ErrorKind != "" {
			requests[i].Phase = r.Attempt.Phase.String()
		}
		for phase, took := range view.Phases(r.Attempt) {
			if requests[i].Phases == nil {
				requests[i].Phases = map[string]float64{}
			}
			requests[i].Phases[phase.String()] = took.Seconds()
		}
	}
	return requests
}
