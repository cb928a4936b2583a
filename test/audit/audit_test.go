package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/simulator"
)

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// timeOfDay parses a time of the day.
func timeOfDay(text string) time.Time {
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		panic(err)
	}
	return midnight.Add(t.Sub(t.Truncate(24 * time.Hour)))
}

// events returns events of one printer, or of the service if the line starts with "- ": "00:10:00 fault off".
func events(lines ...string) (events []simulator.Event) {
	for _, l := range lines {
		printer := "p"
		if rest, ok := strings.CutPrefix(l, "- "); ok {
			printer, l = "", rest
		}
		clock, what, _ := strings.Cut(l, " ")
		events = append(events, simulator.Event{Time: timeOfDay(clock), Printer: printer, What: what})
	}
	return events
}

// verdicts returns verdicts, each of a probe of one second: "00:10:30 host_disconnected".
func verdicts(lines ...string) (verdicts []Verdict) {
	for _, l := range lines {
		clock, reason, _ := strings.Cut(l, " ")
		verdicts = append(verdicts, Verdict{Printer: "p", Reason: strings.TrimPrefix(reason, "healthy"), StartedAt: timeOfDay(clock).Add(-time.Second), EndedAt: timeOfDay(clock)})
	}
	return verdicts
}

var parameters = Parameters{From: midnight, Until: timeOfDay("06:00:00"), Interval: time.Minute, MaxProbeDuration: 40 * time.Second, RetryAfter: 2 * time.Minute}

// TestMatchingLogs: logs without a mismatch.
func TestMatchingLogs(t *testing.T) {
	for name, c := range map[string]struct {
		events   []simulator.Event
		verdicts []Verdict
	}{
		"no event": {},
		"a detected outage and its detected end": {
			events("01:00:00 fault offline", "01:10:00 healthy"), verdicts("01:00:50 plugin_offline", "01:10:50 healthy"),
		},
		"an outage that ended before its detection was due": {events("01:00:00 fault offline", "01:01:30 healthy"), nil},
		"a host that its plugin has to reconnect to": {
			events("01:00:00 fault off", "01:10:00 healthy", "01:10:50 reconnected"), verdicts("01:00:50 host_disconnected", "01:15:00 healthy"),
		},
		"a long backoff": {
			events("01:00:00 fault revoked", "03:00:00 healthy"), verdicts("01:00:50 connection_revoked", "03:29:50 healthy"),
		},
		"a ping during the backoff of status": {
			events("01:00:00 fault off", "01:30:00 fault offline"), verdicts("01:00:50 host_disconnected", "01:30:50 plugin_offline"),
		},
		"a more specific reason that is replaced late": {
			events("01:00:00 fault auth_invalid", "02:00:00 fault off"), verdicts("01:00:50 host_disconnected", "01:03:00 auth_invalid", "03:20:00 host_disconnected"),
		},
		"an outage of the service, in either form, that hides a fault of the printer": {
			events("00:30:00 fault html", "- 01:00:00 service down", "- 01:10:00 service up"),
			verdicts("00:30:50 not_the_api", "01:00:50 upstream_error", "01:05:50 service_error", "01:10:50 not_the_api"),
		},
		"a restart of the service": {
			events("- 01:00:00 service restart"), verdicts("01:00:20 plugin_offline", "01:01:20 healthy"),
		},
		"an unreachable printer hides an outage of the service": {
			events("01:00:00 fault unreachable", "- 02:00:00 service down", "- 03:00:00 service up"), verdicts("01:00:50 connect_failed"),
		},
		"a 429 with Retry-After": {
			events("01:00:00 fault rate_limited", "02:00:00 healthy"), verdicts("01:00:50 rate_limited", "02:03:30 healthy"),
		},
	} {
		if r := Compare(c.events, []string{"p"}, c.verdicts, parameters); r.Mismatches() != 0 {
			t.Errorf("%s: %s", name, r)
		}
	}
}

// TestMismatchesAreCounted: each mismatch is counted once.
func TestMismatchesAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		events           []simulator.Event
		verdicts         []Verdict
		missed, invented string // a part of the report
	}{
		"an outage that was never detected":    {events("01:00:00 fault offline", "01:10:00 healthy"), nil, "p was plugin_offline from 1 01:00:00.000", ""},
		"an outage that was detected too late": {events("01:00:00 fault offline"), verdicts("01:01:41 plugin_offline"), "not detected within 1m40s", ""},
		"an outage with another reason":        {events("01:00:00 fault offline"), verdicts("01:00:50 host_disconnected"), "p was plugin_offline", "was reported as host_disconnected"},
		"an end that was not detected":         {events("01:00:00 fault offline", "02:00:00 healthy"), verdicts("01:00:50 plugin_offline"), "p was healthy", ""},
		"an outage that did not happen":        {nil, verdicts("01:00:50 plugin_offline", "01:01:50 healthy"), "", "was reported as plugin_offline at 1 01:00:50.000, but was healthy"},
		"an end that did not happen":           {events("01:00:00 fault offline"), verdicts("01:00:50 plugin_offline", "01:05:50 healthy"), "", "was reported as healthy"},
		"a backoff longer than its limit":      {events("01:00:00 fault off", "03:00:00 healthy", "03:00:40 reconnected"), verdicts("01:00:50 host_disconnected", "03:06:30 healthy"), "p was healthy", ""},
		"a plugin that returned late":          {events("- 01:00:00 service restart"), verdicts("01:00:20 plugin_offline", "01:04:20 healthy"), "p was healthy", ""},
		"a fault behind a service at fault":    {events("01:00:00 fault offline", "- 01:00:10 service down"), verdicts("01:01:00 plugin_offline"), "p was service_error or upstream_error", "was reported as plugin_offline"},
	} {
		r := Compare(c.events, []string{"p"}, c.verdicts, parameters)
		for _, list := range []struct {
			got  []string
			want string
		}{{r.Missed, c.missed}, {r.Invented, c.invented}} {
			wanted := 0
			if list.want != "" {
				wanted = 1
			}
			if len(list.got) != wanted || wanted == 1 && !strings.Contains(list.got[0], list.want) {
				t.Errorf("%s: %s", name, r)
			}
		}
	}
}

// TestChangeDuringAProbeIsAmbiguous: the verdict may fit neither fault.
func TestChangeDuringAProbeIsAmbiguous(t *testing.T) {
	verdicts := []Verdict{
		{Printer: "p", Reason: "no_answer", StartedAt: timeOfDay("01:00:10"), EndedAt: timeOfDay("01:00:50")},
		{Printer: "p", Reason: "host_unresponsive", StartedAt: timeOfDay("01:59:50"), EndedAt: timeOfDay("02:00:10")},
		{Printer: "p", StartedAt: timeOfDay("02:01:49"), EndedAt: timeOfDay("02:01:50")},
	}
	r := Compare(events("01:00:00 fault no_answer", "02:00:00 healthy"), []string{"p"}, verdicts, parameters)
	want := &Report{
		Outages: 1, OutagesDue: 1, Recoveries: 2, RecoveriesDue: 1, Verdicts: 3, Ambiguous: 1,
		SlowestDetection: 110 * time.Second, DetectedByReason: map[string]int{"no_answer": 1},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

// TestReportString: a summary in one line, then the mismatches.
func TestReportString(t *testing.T) {
	r := Compare(events("01:00:00 fault offline"), []string{"p"}, verdicts("02:00:00 plugin_offline"), parameters)
	const want = `1 outages, 1 of them due; 1 recoveries, 0 of them due; 1 verdicts; slowest detection 0s; 0 ambiguous; 1 mismatches
  p was plugin_offline from 1 01:00:00.000 to 1 06:00:00.000, not detected within 1m40s (reported as healthy, from 1 02:00:00.000 as plugin_offline)`
	if diff := cmp.Diff(want, r.String()); diff != "" {
		t.Error(diff)
	}
}
