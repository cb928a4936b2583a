package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/audit"
)

// TestVerdictLog: lines are written in pieces of any size, and other lines are ignored.
func TestVerdictLog(t *testing.T) {
	const text = `{"time":"2026-01-02T03:04:05.678Z","level":"WARN","msg":"printer status changed","printer":"a","from":"ok","to":"host/host_disconnected","code":"785"}
not JSON
{"time":"2026-01-02T03:04:06Z","level":"INFO","msg":"edge is up again","edge":"x"}
{"time":"2026-01-02T03:05:05Z","level":"INFO","msg":"printer status changed","printer":"a","from":"host/host_disconnected","to":"ok"}
{"time":"2026-01-02T03:06:05Z","level":"INFO","msg":"printer status chan`
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	want := []audit.Verdict{{Printer: "a", Reason: "host_disconnected", EndedAt: at}, {Printer: "a", EndedAt: time.Date(2026, 1, 2, 3, 5, 5, 0, time.UTC)}}
	for _, size := range []int{1, 7, 100, len(text)} {
		var v verdictLog
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := v.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, v.list()); diff != "" {
			t.Errorf("in pieces of %d: %s", size, diff)
		}
	}
}

func TestParseEvents(t *testing.T) {
	got, err := parseEvents("2026-01-02T03:04:05.5Z mk4-00001 fault off\n2026-01-02T03:04:06Z - service down\n")
	want := []simulator.Event{
		{Time: time.Date(2026, 1, 2, 3, 4, 5, 5e8, time.UTC), Printer: "mk4-00001", What: "fault off"},
		{Time: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC), What: "service down"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := parseEvents("yesterday - service down\n"); err == nil {
		t.Error("a line that is none is read")
	}
}

// TestGrowthFails: growth is an error, noise is not.
func TestGrowthFails(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	steady := func(i int) sample {
		return sample{at.Add(time.Duration(i) * time.Minute), 50e6 + i%2*1e6, 20e6, 14 + i%3, 300 + i%5}
	}
	for name, c := range map[string]struct {
		change func(i int, s *sample)
		want   string
	}{
		"nothing":     {func(int, *sample) {}, ""},
		"memory":      {func(i int, s *sample) { s.resident += i * 1e6 }, "MB resident grew from 64.0 to 80.0"},
		"the heap":    {func(i int, s *sample) { s.liveHeap += i * 1e6 }, "MB live in the heap grew from 34.0 to 49.0"},
		"descriptors": {func(i int, s *sample) { s.descriptors += 4 * i }, "descriptors grew from 72.0 to 132"},
		"goroutines":  {func(i int, s *sample) { s.goroutines += 50 * i }, "goroutines grew from 1,004 to 1,754"},
	} {
		s := &soakResult{report: &audit.Report{}}
		for i := range 30 {
			one := steady(i)
			c.change(i, &one)
			s.samples = append(s.samples, one)
		}
		if got := errorText(s.check()); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	contradicted := &soakResult{report: &audit.Report{Missed: []string{"p"}}, samples: []sample{steady(0), steady(1)}}
	if got := errorText(contradicted.check()); !strings.Contains(got, "have 1 mismatches") {
		t.Error(got)
	}
}
