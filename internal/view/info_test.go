package view

import (
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

func TestInfoInWords(t *testing.T) {
	s := probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute, AppToken: probe.NewSecret("token")})
	if got := Info(&s); got != "" {
		t.Errorf("before the first info: %q", got)
	}
	for body, want := range map[string]string{
		`{"IsOnline":true}`:          "OK",
		`{"Status":400,"Error":"x"}`: "unexpected http status (400): The service does not know the app token",
		`{"Status":604}`:             "connection revoked (604): ",
		`<html>`:                     "not the api: ",
	} {
		f, r := probe.Judge(probe.InfoRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(body)})
		after := s.Next(probe.Result{Request: probe.InfoRequest, Sent: time.Now(), Fault: f, Reading: r})
		if got := Info(&after); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", body, got)
		}
	}
}
