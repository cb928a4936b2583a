package schedule

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newJobs returns n jobs without a Run function.
func newJobs(n int, interval time.Duration) []Job {
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i] = Job{Key: fmt.Sprintf("printer-%05d", i), Interval: interval}
	}
	return jobs
}

// manual is a schedule that the test drives: every run ends before the next wake-up.
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

func (s *manual) wakeUp(now time.Time) (next time.Time) {
	s.wakeUps++
	next, _ = s.startDue(now, func(job *Job, tick time.Time) {
		s.started[job.Key] = append(s.started[job.Key], tick)
	})
	clear(s.inFlight)
	return next
}

// wakeUntil wakes up on time from now to the last tick before end, and returns the next tick.
func (s *manual) wakeUntil(now, end time.Time) time.Time {
	for now.Before(end) {
		now = s.wakeUp(now)
	}
	return now
}

func TestOneRunPerJobAfterAStall(t *testing.T) {
	const interval = 15 * time.Second
	jobs := newJobs(1000, interval)
	s := newManual(jobs, newYear)
	missed := s.wakeUntil(newYear, newYear.Add(time.Minute))
	firstMissed := make(map[string]time.Time)
	for _, job := range jobs {
		firstMissed[job.Key] = Next(job.Key, interval, missed.Add(-1))
	}

	clear(s.started)
	awake := newYear.Add(time.Hour + 217*time.Millisecond)
	next := s.wakeUp(awake)
	want := make(map[string][]time.Time)
	for _, job := range jobs {
		want[job.Key] = []time.Time{firstMissed[job.Key]}
	}
	if diff := cmp.Diff(want, s.started); diff != "" {
		t.Error("at the end of the stall", diff)
	}

	clear(s.started)
	s.wakeUntil(next, awake.Add(2*interval))
	for _, job := range jobs {
		tick := Next(job.Key, interval, awake)
		want[job.Key] = []time.Time{tick, tick.Add(interval)}
	}
	if diff := cmp.Diff(want, s.started); diff != "" {
		t.Error("after the stall", diff)
	}
	if s.Skipped() != 0 {
		t.Errorf("%d ticks count as skipped", s.Skipped())
	}
}

func TestLateWakeUpsDoNotAddUp(t *testing.T) {
	const interval = 15 * time.Second
	s := newManual(newJobs(1, interval), newYear)
	const key = "printer-00000"
	for now := newYear; now.Before(newYear.Add(time.Hour)); {
		now = s.wakeUp(now).Add(300 * time.Millisecond)
	}
	want := []time.Time{First(1, key, interval, newYear)}
	for m := Next(key, interval, want[0].Add(300*time.Millisecond)); m.Before(newYear.Add(time.Hour)); m = m.Add(interval) {
		want = append(want, m)
	}
	if diff := cmp.Diff(want, s.started[key]); diff != "" {
		t.Error(diff)
	}
}

func TestJobsWithTheSameTickShareAWakeUp(t *testing.T) {
	const interval, jobs = 15 * time.Second, 20_000
	s := newManual(newJobs(jobs, interval), newYear)
	now := s.wakeUntil(newYear, newYear.Add(time.Minute))
	s.wakeUps = 0
	clear(s.started)
	s.wakeUntil(now, now.Add(interval))

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
