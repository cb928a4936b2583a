package cli

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe"
)

// TestDemoHasAPast: the demo's storage has a week of all printers and of the fleet, in which no print is lost at the end.
func TestDemoHasAPast(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	srv, err := simulator.Demo(1).Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	file, state := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "state")
	if err := writeConfig(file, srv, simulator.ConfigOptions{Interval: 5 * time.Second, Timeout: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if err := writePast(state, file, simulator.DemoPast(1, now), now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(state, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close(now, func(func(probe.Record) bool) {}, nil)
	hours := st.LoadHours()
	if first := hours[0].Start; len(hours) < 168 || now.Sub(first) < 167*time.Hour {
		t.Errorf("%d hours, the first is %v", len(hours), first)
	}
	down := 0
	for _, h := range hours {
		if h.Down[fault.Service] > 10*time.Minute*24 {
			down++
		}
	}
	if down < 2 || down > 4 {
		t.Errorf("%d hours have an outage of the service, not those of two outages", down)
	}
	records := st.Load(now)
	if len(records) != 24 {
		t.Fatalf("%d printers", len(records))
	}
	prints, endings := 0, 0
	for _, r := range records {
		periods, ended := st.Past(r.Number, now)
		prints += len(ended)
		if r.Status.LostDuringPrint() || r.Status.Print.InProgress() {
			t.Errorf("%s: a print is in progress", r.Identity.Name)
		}
		for _, p := range ended {
			if p.Outcome != probe.PrintComplete && p.Outcome != probe.PrintCancelled {
				endings++
			}
		}
		if len(periods) < 3 || now.Sub(periods[0].Since) < 167*time.Hour {
			t.Errorf("%s: %d periods: %v", r.Identity.Name, len(periods), periods)
		}
	}
	if prints < 200 || endings > prints/10 {
		t.Errorf("%d prints, %d with a rare outcome", prints, endings)
	}
}
