package view

import (
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

func TestExplanation(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct{ subState, errorText, want string }{
		"none":                 {`null`, `null`, ""},
		"a sub-state":          {`"Heating the bed"`, `null`, "Heating the bed"},
		"an error":             {`null`, `"Door open"`, "Door open"},
		"both":                 {`"Paused"`, `"Door open"`, "Paused: Door open"},
		"the same":             {`"Filament runout"`, `"Filament Runout"`, "Filament Runout"},
		"spelled differently":  {`"filament_runout"`, `"Filament Runout."`, "Filament Runout."},
		"the error says more":  {`"Paused By User"`, `"Error: Printing was paused by user: paused by user"`, "Error: Printing was paused by user: paused by user"},
		"the state says more":  {`"Attention: door open"`, `"Door open"`, "Attention: door open"},
		"an escape sequence":   {`"\u001b]0;title\u0007"`, `null`, "]0;title"},
		"nothing but controls": {`"\u0000\u001b"`, `"\n"`, ""},
	} {
		s := probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute})
		body := `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":` + c.subState + `,"Error":` + c.errorText + `}}}`
		f, reading := probe.Judge(probe.StatusRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(body)})
		s = s.Next(probe.Result{Request: probe.StatusRequest, Sent: now, Fault: f, Reading: reading})
		if got := Explanation(&s, now); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if got := Explanation(&s, now.Add(time.Hour)); got != "" {
			t.Errorf("%s: an old response still explains: %q", name, got)
		}
	}
}
