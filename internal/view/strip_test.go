package view

import (
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// TestStrips: what a window looks like, a letter per kind and percent.
func TestStrips(t *testing.T) {
	const hour = time.Hour
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	since := now.Add(-24 * hour)
	var s probe.Status
	offline, timeout, busy := fault.FromHTTP(601), fault.FromHTTP(602), fault.FromPlugin(787)
	for name, c := range map[string]struct {
		periods []probe.Verdict
		limit   int
		want    string
	}{
		"nothing":        {nil, 9, ""},
		"all the time":   {[]probe.Verdict{{Since: since.Add(-hour)}}, 9, "ok 0%+100% OK, Mar 1 00:00–Mar 2 00:00"},
		"from a time on": {[]probe.Verdict{{Since: now.Add(-6 * hour)}}, 9, "ok 75%+25% OK, 18:00–00:00"},
		"a short fault is visible": {
			[]probe.Verdict{{Since: since}, {Fault: offline, Since: since.Add(12 * hour)}, {Since: since.Add(12*hour + time.Second)}},
			9,
			"ok 0%+50% OK, 00:00–12:00; plugin 50%+0.3472% plugin offline (601), 12:00–12:00; ok 50.35%+49.65% OK, 12:00–00:00",
		},
		"one that went over into another of its layer": {
			[]probe.Verdict{{Fault: offline, Since: since}, {Fault: timeout, Since: since.Add(12 * hour)}}, 9, "plugin 0%+100% plugin faults, Mar 1 00:00–Mar 2 00:00",
		},
		"the longest one of a slot": {
			[]probe.Verdict{{Fault: offline, Since: since}, {Fault: busy, Since: since.Add(7 * hour)}}, 1, "host 0%+100% too many clients (787), 07:00–00:00",
		},
		"a limit makes it coarse": {
			[]probe.Verdict{
				{Since: since}, {Fault: offline, Since: since.Add(hour)}, {Since: since.Add(2 * hour)}, {Fault: offline, Since: since.Add(3 * hour)}, {Since: since.Add(4 * hour)},
			}, 2, "plugin 0%+16.67% plugin offline (601), 01:00–04:00; ok 16.67%+83.33% OK, 04:00–00:00",
		},
		"unknown": {
			[]probe.Verdict{{Since: since}, {Unknown: true, Since: since.Add(12 * hour)}}, 9, "ok 0%+50% OK, 00:00–12:00; unknown 50%+50% Unknown, 12:00–00:00",
		},
		"before the window": {[]probe.Verdict{{Fault: offline, Since: since.Add(-3 * hour)}, {Since: since.Add(-2 * hour)}}, 9, "ok 0%+100% OK, Mar 1 00:00–Mar 2 00:00"},
		"after it":          {[]probe.Verdict{{Since: now.Add(hour)}}, 9, ""},
	} {
		var got []string
		for _, x := range StripOf(StretchesOf(&s, c.periods, nil, since, now), since, now, c.limit, TimeOfDay) {
			got = append(got, x.Kind.String()+" "+x.X+"+"+x.Width+" "+x.Text)
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %s, not %s", name, text, c.want)
		}
	}
}

// TestAPastPrinterIsOffOnlyWithoutAPrint: one that went offline during a print was down.
func TestAPastPrinterIsOffOnlyWithoutAPrint(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	var s probe.Status
	disconnected := fault.FromPlugin(785)
	periods := []probe.Verdict{
		{Since: ago(10)},
		{Fault: disconnected, Since: ago(9)},
		{Since: ago(8)},
		{Fault: disconnected, Since: ago(7)},
		{Since: ago(6)},
		{Fault: fault.FromHTTP(601), Since: ago(5)},
		{Unknown: true, Since: ago(4)},
	}
	prints := []probe.EndedPrint{{Start: ago(8), End: ago(6)}}
	stretches := StretchesOf(&s, periods, prints, ago(24), now)
	var got []string
	for _, x := range stretches {
		got = append(got, x.Kind.String())
	}
	if text := strings.Join(got, " "); text != "ok off ok host ok plugin unknown" {
		t.Error(text)
	}
	if ratio, known := UptimeOf(stretches); !known || ratio != 0.6 {
		t.Errorf("uptime %v %v", ratio, known)
	}
	if _, known := UptimeOf(stretches[1:2]); known {
		t.Error("an uptime of a printer that was off all the time")
	}
}

func TestPercent(t *testing.T) {
	for ratio, want := range map[float64]string{0: "0%", 1e-9: "0.1%", 0.5: "50.0%", 0.98765: "98.8%", 0.99999: "99.9%", 1: "100%"} {
		if got := Percent(ratio); got != want {
			t.Errorf("%v is %s, not %s", ratio, got, want)
		}
	}
}
