package exporter

import (
	"context"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// probeSchedule is the schedule as metrics and pages see it.
type probeSchedule struct {
	*schedule.Schedule
	skippedByFleet atomic.Uint64 // ticks at which a probe on demand of that printer was in flight
}

// NextProbe returns when the printer's next request is due; zero before its first one.
func (*probeSchedule) NextProbe(s *probe.Status) time.Time {
	now := time.Now()
	_, due := s.Plan(now)
	if due.IsZero() {
		return time.Time{}
	}
	if due.Before(now) {
		due = now
	}
	return schedule.Next(s.Name, s.Interval, due)
}

// Skipped returns the number of ticks that were dropped because a probe of that printer was in flight.
func (s *probeSchedule) Skipped() uint64 { return s.Schedule.Skipped() + s.skippedByFleet.Load() }

// jobs returns what the schedule runs: one job per printer and one per edge.
func (e *Exporter) jobs(edges []probe.Edge) []schedule.Job {
	entries := e.fleet.Entries()
	jobs := make([]schedule.Job, 0, len(entries)+len(edges))
	for _, entry := range entries {
		name := entry.Target.Name
		jobs = append(jobs, schedule.Job{
			Key: name, Version: entry.Version, Interval: entry.Target.Interval, Due: entry.Due,
			Run: func(ctx context.Context, tick time.Time) {
				if !e.fleet.Probe(ctx, name, tick) {
					e.schedule.skippedByFleet.Add(1)
				}
			},
		})
	}
	for _, edge := range edges {
		jobs = append(jobs, schedule.Job{
			Key: "\x00edge " + edge.Name, Interval: fleet.EdgeInterval, // no printer can have such a name
			Run: func(ctx context.Context, _ time.Time) { e.edges.Check(ctx, edge.Name) },
		})
	}
	return jobs
}
