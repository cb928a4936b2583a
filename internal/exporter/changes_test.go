package exporter

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/probe"
)

// TestChangesSayWhy: the log has the printer's own words, on one line, and says that a printer is off.
func TestChangesSayWhy(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"an error": {
			`{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`,
			`{"Status":200,"Result":{"JobStatus":{"State":"error","SubState":"Attention","Error":"Door\u001b[2J\nopen"}}}`,
			`"level":"WARN","msg":"printer status changed","printer":"a","from":"ok","to":"printer/printer_error","sub_state":"Attention","error_text":"Door[2J open"}`,
		},
		"switched off": {
			`{"Status":200,"Result":{"JobStatus":{"State":"idle","SubState":"Standby"}}}`, `{"Status":785}`,
			`"level":"INFO","msg":"printer status changed","printer":"a","from":"ok","to":"off/host_disconnected","code":"785"}`,
		},
		"lost during a print": {
			`{"Status":200,"Result":{"JobStatus":{"State":"printing","MostRecentPrintIdStr":"1","Progress":50}}}`, `{"Status":785}`,
			`"level":"WARN","msg":"printer status changed","printer":"a","from":"ok","to":"host/host_disconnected","code":"785","lost_during_print":true}`,
		},
		"a fault ends": {
			`{"Status":789}`, `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`,
			`"level":"INFO","msg":"printer status changed","printer":"a","from":"host/auth_invalid","to":"ok"}`,
		},
		"another fault": {
			`{"Status":789}`, `{"Status":750}`,
			`"level":"WARN","msg":"printer status changed","printer":"a","from":"host/auth_invalid","to":"plugin/command_failed","code":"750"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			o := newObserver(jsonLogger(&log), collector.NewRecorder(), nil, nil)
			s := probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute})
			next := func(s probe.Status, body string, at int64) probe.Status {
				f, r := probe.Judge(probe.StatusRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(body)})
				return s.Next(probe.Result{Request: probe.StatusRequest, Sent: time.Unix(at, 0), Fault: f, Reading: r})
			}
			before := next(s, c.before, 1_800_000_000)
			after := next(before, c.after, 1_800_000_060)
			o.Changed(&before, &after)
			if got := log.String(); !strings.Contains(got, c.want) {
				t.Errorf("got %s", got)
			}
		})
	}
}
