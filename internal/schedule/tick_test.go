package schedule

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noop returns n jobs that do nothing.
func noop(n int, interval time.Duration) []Job {
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i] = Job{Key: fmt.Sprintf("printer-%05d", i), Interval: interval}
	}
	return jobs
}

// manual is a schedule that the test drives: every run ends before the next tick.
type manual struct {
	*Schedule
	started map[string][]time.Time
	wakeUps int
}

func newManual(jobs []Job, now time.Time) *manual {
	s := &manual{Schedule: New(nil), started: make(map[string][]time.Time)}
	s.replace(jobs, now)
	return s
}

func (s *manual) at(now time.Time) (next time.Time) {
	s.wakeUps++
	next, _ = s.startDue(now, func(job *Job, tick time.Time) {
		s.started[job.Key] = append(s.started[job.Key], tick)
	})
	clear(s.inFlight)
	return next
}

// until starts all ticks from now to end on time, and returns the next one.
func (s *manual) until(now, end time.Time) time.Time {
	for now.Before(end) {
		now = s.at(now)
	}
	return now
}

func TestStallIsFollowedByOneRunEach(t *testing.T) {
	const interval = 15 * time.Second
	jobs := noop(1000, interval)
	s := newManual(jobs, newYear)
	missed := s.until(newYear, newYear.Add(time.Minute))
	firstMissed := make(map[string]time.Time)
	for _, job := range jobs {
		firstMissed[job.Key] = Next(job.Key, interval, missed.Add(-1))
	}

	clear(s.started)
	awake := newYear.Add(time.Hour + 217*time.Millisecond)
	next := s.at(awake)
	want := make(map[string][]time.Time)
	for _, job := range jobs {
		want[job.Key] = []time.Time{firstMissed[job.Key]}
	}
	if diff := cmp.Diff(want, s.started); diff != "" {
		t.Error("at the end of the stall", diff)
	}

	clear(s.started)
	s.until(next, awake.Add(2*interval))
	for _, job := range jobs {
		own := Next(job.Key, interval, awake)
		want[job.Key] = []time.Time{own, own.Add(interval)}
	}
	if diff := cmp.Diff(want, s.started); diff != "" {
		t.Error("after the stall", diff)
	}
	if s.Skipped() != 0 {
		t.Errorf("%d ticks count as skipped", s.Skipped())
	}
}

func TestLateWakeUpsDoNotAccumulate(t *testing.T) {
	const interval = 15 * time.Second
	s := newManual(noop(1, interval), newYear)
	const key = "printer-00000"
	for now := newYear; now.Before(newYear.Add(time.Hour)); {
		now = s.at(now).Add(300 * time.Millisecond)
	}
	want := []time.Time{FirstRun(1, key, interval, newYear)}
	for m := Next(key, interval, want[0].Add(300*time.Millisecond)); m.Before(newYear.Add(time.Hour)); m = m.Add(interval) {
		want = append(want, m)
	}
	if diff := cmp.Diff(want, s.started[key]); diff != "" {
		t.Error(diff)
	}
}

func TestOneWakeUpStartsAllDueJobs(t *testing.T) {
	const interval, jobs = 15 * time.Second, 20_000
	s := newManual(noop(jobs, interval), newYear)
	now := s.until(newYear, newYear.Add(time.Minute))
	s.wakeUps = 0
	clear(s.started)
	s.until(now, now.Add(interval))

	started := 0
	for _, ticks := range s.started {
		started += len(ticks)
	}
	type tally struct{ Started, WakeUps int }
	want := tally{jobs, int(interval / Resolution)}
	if diff := cmp.Diff(want, tally{started, s.wakeUps}); diff != "" {
		t.Error(diff)
	}
}
