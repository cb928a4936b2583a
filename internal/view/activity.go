package view

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/probe"
)

// Activity is what a printer is doing, in words. The zero value means unknown.
type Activity struct {
	State    string // "" while the host is not up
	Progress string // ratio, for machines; "" where it is unknown or no print is in progress
	Detail   string // progress and time left
	Lost     string // how a lost print was last seen; "" where none is lost
}

// ActivityOf describes what a printer is doing.
func ActivityOf(s *probe.Status, now time.Time) Activity {
	var a Activity
	if s.LostDuringPrint() {
		a.Lost = lastSeen(s)
	}
	if !s.ReadingHolds(now) {
		return a
	}
	a.State = State(s.Reading.State)
	if v, known := s.Number(probe.Progress, now); known {
		a.Progress, a.Detail = fmt.Sprintf("%.3g", v), percent(v)
	}
	if v, known := s.Number(probe.TimeLeft, now); known {
		if a.Detail != "" {
			a.Detail += ", "
		}
		a.Detail += Left(v)
	}
	return a
}

// String is state and detail on one line; "" where the state is unknown.
func (a Activity) String() string {
	switch {
	case a.Detail == "":
		return a.State
	case a.Progress == "":
		return a.State + ", " + a.Detail
	}
	return a.State + " " + a.Detail
}

// PrintStatus is whether a print that has not ended may be lost, and how far it was when last seen.
func PrintStatus(p *probe.Print) string {
	text := "in progress"
	if p.Lost() {
		text = "may be lost"
	}
	if p.Progress > 0 {
		text += ", at " + percent(p.Progress)
	}
	return text
}

// lastSeen is how far a lost print was when it was last seen.
func lastSeen(s *probe.Status) string {
	if s.Print.Progress > 0 {
		return fmt.Sprintf("%s at %s when last seen", State(s.LastState), percent(s.Print.Progress))
	}
	return State(s.LastState) + " when last seen"
}
