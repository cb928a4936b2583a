package web

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// step is a question of the last probe, for people.
type step struct {
	Question     probe.Request
	Asked        moment
	Took         string
	Kept         bool // on a connection that was there already
	Phases       []fact
	Ended        string // where and why it ended early; "" where it did not
	HTTPStatus   int    // 0: none was read
	Again        string // how long the answer asks to wait; "" where it does not
	Cut          bool
	Fault        fault.Fault // none: a good answer
	Reason, Code string      // of the fault, in words
}

func stepsOf(results []probe.Result, now time.Time) []step {
	steps := make([]step, len(results))
	for i, r := range results {
		steps[i] = step{
			Question: r.Request, Asked: ago(r.Asked, now), Took: view.Brief(r.Took), Kept: r.Attempt.Reused,
			HTTPStatus: r.Attempt.HTTPStatus, Cut: r.Canceled,
			Fault: r.Fault, Reason: view.Spaced(r.Fault.Reason), Code: r.Fault.CodeLabel(),
		}
		for stage, took := range phases(r.Attempt) {
			steps[i].Phases = append(steps[i].Phases, fact{Name: stage.String(), Value: view.Brief(took)})
		}
		if r.Attempt.ErrorKind != "" {
			steps[i].Ended = fmt.Sprintf("in %s: %s", r.Attempt.Phase, r.Attempt.ErrorKind)
		}
		if r.RetryAfter > 0 {
			steps[i].Again = view.Brief(r.RetryAfter)
		}
	}
	return steps
}

// phases gives the stages that took time, in their order.
func phases(a probe.Attempt) func(yield func(probe.Phase, time.Duration) bool) {
	return func(yield func(probe.Phase, time.Duration) bool) {
		for stage := probe.Resolving; stage < probe.ResponseRead; stage++ {
			if took := a.Durations[stage]; took > 0 && !yield(stage, took) {
				return
			}
		}
	}
}
