package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/audit"
)

// TestVerdictsAreReadFromALog: in whatever pieces it comes, and from among other lines.
func TestVerdictsAreReadFromALog(t *testing.T) {
	const text = `{"time":"2026-01-02T03:04:05.678Z","level":"INFO","msg":"printer status changed","printer":"a","from":"ok","to":"host","reason":"host_disconnected","code":"785"}
not JSON
{"time":"2026-01-02T03:04:06Z","level":"INFO","msg":"edge is up again","edge":"x"}
{"time":"2026-01-02T03:05:05Z","level":"INFO","msg":"printer status changed","printer":"a","from":"host","to":"ok","reason":""}
{"time":"2026-01-02T03:06:05Z","level":"INFO","msg":"verdict chan`
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	want := []audit.Verdict{{Printer: "a", Reason: "host_disconnected", At: at}, {Printer: "a", At: time.Date(2026, 1, 2, 3, 5, 5, 0, time.UTC)}}
	for _, size := range []int{1, 7, 100, len(text)} {
		var v verdicts
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

func TestEventsAreRead(t *testing.T) {
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

// TestWhatGrowsFails: and noise does not.
func TestWhatGrowsFails(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	steady := func(i int) sample {
		return sample{at.Add(time.Duration(i) * time.Minute), 50e6 + i%2*1e6, 20e6, 14 + i%3, 300 + i%5}
	}
	for name, c := range map[string]struct {
		change func(i int, s *sample)
		want   string
	}{
		"nothing":     {func(int, *sample) {}, ""},
		"memory":      {func(i int, s *sample) { s.resident += i * 1e6 }, "MB resident became more: 64.0, and then 80.0"},
		"the heap":    {func(i int, s *sample) { s.live += i * 1e6 }, "MB live in the heap became more: 34.0, and then 49.0"},
		"descriptors": {func(i int, s *sample) { s.descriptors += 4 * i }, "descriptors became more: 72.0, and then 132"},
		"goroutines":  {func(i int, s *sample) { s.goroutines += 50 * i }, "goroutines became more: 1,004, and then 1,754"},
	} {
		s := &soak{report: &audit.Report{}}
		for i := range 30 {
			one := steady(i)
			c.change(i, &one)
			s.samples = append(s.samples, one)
		}
		if got := textOf(s.verdict()); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	contradicted := &soak{report: &audit.Report{Late: []string{"p"}}, samples: []sample{steady(0), steady(1)}}
	if got := textOf(contradicted.verdict()); !strings.Contains(got, "contradict each other 1 times") {
		t.Error(got)
	}
}
