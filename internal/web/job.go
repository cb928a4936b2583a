package web

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// job is what a printer does, in words. The zero value is shown for one of which that is unknown.
type job struct {
	State    string
	Progress string // ratio for machines; "" where it is unknown or no print is under way
	Detail   string // progress and time left for people
	Lost     string // what was under way when the printer was lost; "" where nothing was
}

func jobOf(s *probe.Status, now time.Time) job {
	if s.LostDuringPrint() {
		return job{Lost: lastSeen(s)}
	}
	if !s.HostUp(now) {
		return job{}
	}
	j := job{State: view.State(s.Reading.State)}
	if !s.Reading.State.IsPrinting() {
		return j
	}
	if v, known := s.Reading.Value(probe.Progress); known {
		j.Progress, j.Detail = fmt.Sprintf("%.3g", v), percent(v)
	}
	if v, known := s.Reading.Value(probe.TimeLeft); known {
		if j.Detail != "" {
			j.Detail += ", "
		}
		j.Detail += view.Left(v)
	}
	return j
}

// lastSeen says what a print did when its printer was lost.
func lastSeen(s *probe.Status) string {
	if v, known := s.Reading.Value(probe.Progress); known && s.Reading.State.IsPrinting() {
		return fmt.Sprintf("%s at %s when last seen", view.State(s.LastState), percent(v))
	}
	return fmt.Sprintf("%s when last seen", view.State(s.LastState))
}
