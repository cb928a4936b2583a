package web

import (
	"time"

	"octoeverywhere_exporter/probe"
)

// What the API gives only of a printer that is asked for by name: of a whole fleet it would be a flood.
type (
	apiOnePrinter struct {
		apiPrinter
		History  []apiStood `json:"history"`
		Exchange []apiStep  `json:"exchange"`
	}
	apiStood struct {
		Since  time.Time `json:"since"`
		Until  time.Time `json:"until,omitzero"`
		Layer  string    `json:"layer,omitempty"`
		Code   string    `json:"code,omitempty"`
		Reason string    `json:"reason,omitempty"`
	}
	apiStep struct {
		Question   string             `json:"question"`
		Asked      time.Time          `json:"asked"`
		Took       float64            `json:"duration_seconds"`
		Phases     map[string]float64 `json:"phases_seconds,omitempty"`
		Reused     bool               `json:"reused_connection"`
		HTTPStatus int                `json:"http_status,omitempty"`
		Stage      string             `json:"ended_in,omitempty"`
		Cause      string             `json:"cause,omitempty"`
		RetryAfter float64            `json:"retry_after_seconds,omitzero"`
		Cut        bool               `json:"broken_off"`
		Layer      string             `json:"layer,omitempty"`
		Code       string             `json:"code,omitempty"`
		Reason     string             `json:"reason,omitempty"`
	}
)

// apiHistoryOf are the verdicts, the newest last: that one stands.
func apiHistoryOf(s *probe.Status) []apiStood {
	all := s.Verdicts()
	history := make([]apiStood, len(all))
	var until time.Time
	for i, v := range all {
		history[len(all)-1-i] = apiStood{exact(v.Since), until, v.Fault.Layer.String(), v.Fault.CodeLabel(), v.Fault.Reason}
		until = exact(v.Since)
	}
	return history
}

func apiStepsOf(results []probe.Result) []apiStep {
	steps := make([]apiStep, len(results))
	for i, r := range results {
		steps[i] = apiStep{
			Question: r.Request.String(), Asked: exact(r.Asked), Took: r.Took.Seconds(), Reused: r.Attempt.Reused,
			HTTPStatus: r.Attempt.HTTPStatus, Cause: string(r.Attempt.ErrorKind), RetryAfter: r.RetryAfter.Seconds(), Cut: r.Canceled,
			Layer: r.Fault.Layer.String(), Code: r.Fault.CodeLabel(), Reason: r.Fault.Reason,
		}
		if r.Attempt.ErrorKind != "" {
			steps[i].Stage = r.Attempt.Phase.String()
		}
		for stage, took := range phases(r.Attempt) {
			if steps[i].Phases == nil {
				steps[i].Phases = map[string]float64{}
			}
			steps[i].Phases[stage.String()] = took.Seconds()
		}
	}
	return steps
}
