package exporter

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// TestBlockedLog: one record when the number of affected printers changes, and one when none is affected any more.
func TestBlockedLog(t *testing.T) {
	var out bytes.Buffer
	b := blockedLog{log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.MessageKey {
			return slog.Attr{}
		}
		return a
	}}))}
	count := func(faults ...fault.Fault) string {
		out.Reset()
		var printers []*probe.Status
		for _, f := range faults {
			s := probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute}).Next(probe.Result{Request: probe.StatusRequest, Fault: f})
			printers = append(printers, &s)
		}
		b.count(slices.Values(printers))
		return strings.TrimSpace(out.String())
	}
	well, edge, other := fault.Fault{}, fault.BlockedByEdge(403), fault.BlockedByEdge(429)
	var got []string
	for _, faults := range [][]fault.Fault{
		{well, well, fault.FromHTTP(601)}, {edge, well, well}, {edge, other, well}, {other, edge, well}, {well, well, fault.FromHTTP(407)}, {well, well, well}, {well},
	} {
		got = append(got, strings.Split(count(faults...), "\n")...)
	}
	want := []string{
		"",
		"level=WARN reason=blocked_by_edge printers=1 of=3",
		"level=WARN reason=blocked_by_edge printers=2 of=3",
		"",
		"level=WARN reason=proxy_auth_required printers=1 of=3",
		"level=INFO reason=blocked_by_edge",
		"level=INFO reason=proxy_auth_required",
		"",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
