package main

import (
	"encoding/json"
	"io"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/web"
)

type (
	// printerObject is the printer's object of the JSON API, and how the probe went.
	printerObject struct {
		web.Object
		Steps []stepObject `json:"steps"`
	}
	stepObject struct {
		API        string             `json:"api"`
		Asked      time.Time          `json:"asked"`
		Took       float64            `json:"duration_seconds"`
		Phases     map[string]float64 `json:"phase_seconds"`
		HTTPStatus int                `json:"http_status,omitzero"`
		Kept       bool               `json:"kept_connection"`
		EndedIn    string             `json:"ended_in,omitempty"` // the stage, where there was no whole answer
		Cause      string             `json:"cause,omitempty"`
		Layer      string             `json:"layer,omitempty"`
		Code       string             `json:"code,omitempty"`
		Reason     string             `json:"reason,omitempty"`
	}
)

// writeProbed writes what is known of targets, in their order. One that was not probed has no verdict.
func writeProbed(w io.Writer, targets []probe.Target, known []probed) error {
	byName := make(map[string]probed, len(known))
	for _, p := range known {
		byName[p.status.Name] = p
	}
	now := time.Now()
	all := struct {
		Printers []printerObject `json:"printers"`
	}{make([]printerObject, len(targets))}
	for i, t := range targets {
		p, ok := byName[t.Name]
		if !ok {
			nothing := probe.NewStatus(t)
			p.status = &nothing
		}
		all.Printers[i] = printerObject{web.ObjectOf(p.status, now), stepObjects(p.steps)}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

func stepObjects(steps []probe.Result) []stepObject {
	objects := make([]stepObject, 0, len(steps))
	for _, r := range steps {
		if r.Cut {
			continue // it says nothing of the printer
		}
		o := stepObject{
			API: r.Question.String(), Asked: r.Asked.UTC().Truncate(time.Millisecond), Took: r.Took.Seconds(),
			Phases: map[string]float64{}, HTTPStatus: r.Attempt.HTTPStatus, Kept: r.Attempt.Reused, Cause: string(r.Attempt.Cause),
			Layer: r.Fault.Layer.String(), Code: r.Fault.CodeLabel(), Reason: r.Fault.Reason,
		}
		for stage := probe.Resolving; stage < probe.Answered; stage++ {
			if d := r.Attempt.Phases[stage]; d > 0 {
				o.Phases[stage.String()] = d.Seconds()
			}
		}
		if r.Attempt.Stage != probe.Answered {
			o.EndedIn = r.Attempt.Stage.String()
		}
		objects = append(objects, o)
	}
	return objects
}
