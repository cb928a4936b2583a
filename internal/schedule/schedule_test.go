package schedule

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// record is when each job was run, relative to start.
type record struct {
	start time.Time

	mu     sync.Mutex
	runs   map[string][]time.Duration
	delays map[time.Duration]int
}

func newRecord() *record {
	return &record{
		start:  time.Now(),
		runs:   make(map[string][]time.Duration),
		delays: make(map[time.Duration]int),
	}
}

func (r *record) observe(delay time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delays[delay]++
}

// run returns a Run function that records its tick under a label.
func (r *record) run(label string) func(context.Context, time.Time) {
	return func(_ context.Context, tick time.Time) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runs[label] = append(r.runs[label], tick.Sub(r.start))
	}
}

// jobs returns n jobs with one interval that are recorded under their keys.
func (r *record) jobs(n int, interval time.Duration) []Job {
	jobs := make([]Job, n)
	for i := range jobs {
		key := fmt.Sprintf("printer-%04d", i)
		jobs[i] = Job{Key: key, Interval: interval, Run: r.run(key)}
	}
	return jobs
}

// wantRuns returns the runs of a job that is one of n new ones: the first one, then the key's ticks up to until. set and until
// are relative to start.
func wantRuns(n int, key string, interval time.Duration, start time.Time, set, until time.Duration) []time.Duration {
	first := set + wantOffset(key, min(interval, 10*time.Second, time.Duration(n)*10*time.Millisecond))
	runs := []time.Duration{first}
	tick := time.Unix(0, 0).Add(wantOffset(key, interval)).Sub(start)
	for tick += interval * ((first-tick)/interval + 1); tick <= until; tick += interval {
		runs = append(runs, tick)
	}
	return runs
}

// startRun calls s.Run on a goroutine, and returns the function that stops it and waits.
func startRun(t *testing.T, s *Schedule) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// leaveTick advances the fake clock, which starts at midnight, to a time that is no multiple of an interval or the resolution.
func leaveTick() { time.Sleep(3*time.Second + 217*time.Millisecond) }

func TestEveryJobRunsAtItsTicks(t *testing.T) {
	tests := map[string]struct {
		jobs     int
		interval time.Duration
		lasts    time.Duration
	}{
		"15 seconds":   {200, 15 * time.Second, 10 * time.Minute},
		"odd interval": {20, 7003 * time.Millisecond, 10 * time.Minute},
		"50ms":         {5, Resolution, 10 * time.Second},
		"a day":        {5, 24 * time.Hour, 30 * 24 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				leaveTick()
				r := newRecord()
				s := New(r.observe)
				jobs := r.jobs(test.jobs, test.interval)
				s.Set(jobs)
				clear(jobs) // Set has copied them
				stop := startRun(t, s)
				time.Sleep(test.lasts)
				stop()

				runs := 0
				want := make(map[string][]time.Duration)
				for _, job := range r.jobs(test.jobs, test.interval) {
					want[job.Key] = wantRuns(test.jobs, job.Key, job.Interval, r.start, 0, test.lasts)
					runs += len(want[job.Key])
				}
				if diff := cmp.Diff(want, r.runs); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.delays); diff != "" {
					t.Error("start delays", diff)
				}
			})
		})
	}
}

// TestFirstRunsWithinTenSecondsThenOncePerInterval counts the runs of an hour.
func TestFirstRunsWithinTenSecondsThenOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(1000, time.Minute))
		stop := startRun(t, s)
		time.Sleep(time.Hour)
		stop()

		if len(r.runs) != 1000 {
			t.Errorf("%d of 1000 jobs ran", len(r.runs))
		}
		for key, runs := range r.runs {
			if runs[0] >= 10*time.Second {
				t.Errorf("%s ran %v after the start", key, runs[0])
			}
			if later := len(runs) - 1; later != 59 && later != 60 {
				t.Errorf("%s ran %d times in the hour after its first run", key, later)
			}
			for i := 2; i < len(runs); i++ {
				if interval := runs[i] - runs[i-1]; interval != time.Minute {
					t.Fatalf("%s: %v between runs %d and %d", key, interval, i-1, i)
				}
			}
		}
	})
}

func TestSlowJobSkipsTicksAndDelaysNoOther(t *testing.T) {
	const interval, lasting = 10 * time.Second, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(r.observe)
		jobs := r.jobs(50, interval)
		slow := jobs[0].Run
		jobs[0].Run = func(ctx context.Context, tick time.Time) {
			slow(ctx, tick)
			time.Sleep(35 * time.Second)
		}
		s.Set(jobs)
		stop := startRun(t, s)
		time.Sleep(lasting)
		stop()

		want := make(map[string][]time.Duration)
		runs, skipped := 0, uint64(0)
		for i, job := range jobs {
			ends := time.Duration(-1)
			for _, tick := range wantRuns(50, job.Key, interval, r.start, 0, lasting) {
				if tick < ends {
					skipped++
					continue
				}
				want[job.Key] = append(want[job.Key], tick)
				runs++
				if i == 0 {
					ends = tick + 35*time.Second
				}
			}
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.delays); diff != "" {
			t.Error("start delays", diff)
		}
		if s.Skipped() != skipped || skipped < 40 {
			t.Errorf("%d ticks skipped, want %d and at least 40", s.Skipped(), skipped)
		}
	})
}
