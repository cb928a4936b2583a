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
			`"from":"ok","to":"printer","reason":"printer_error","sub_state":"Attention","error_text":"Door[2J open"}`,
		},
		"switched off": {
			`{"Status":200,"Result":{"JobStatus":{"State":"idle","SubState":"Standby"}}}`, `{"Status":785}`,
			`"from":"ok","to":"off","reason":"host_disconnected","code":"785"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			o := newObserver(jsonLogger(&log), collector.NewRecorder(), nil)
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
