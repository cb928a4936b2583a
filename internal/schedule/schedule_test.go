package schedule

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEveryJobRunsAtItsTicks(t *testing.T) {
	tests := map[string]struct {
		jobs     int
		interval time.Duration
		lasting  time.Duration
	}{
		"on the grid":  {200, 15 * time.Second, 10 * time.Minute},
		"off the grid": {20, 7003 * time.Millisecond, 10 * time.Minute},
		"at the grid":  {5, Resolution, 10 * time.Second},
		"a day":        {5, 24 * time.Hour, 30 * 24 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				skipPhase()
				r := newRecord()
				s := New(r.observe)
				jobs := r.jobs(test.jobs, test.interval)
				s.Set(jobs)
				clear(jobs) // Set has copied them
				stop := run(t, s)
				time.Sleep(test.lasting)
				stop()

				runs := 0
				want := make(map[string][]time.Duration)
				for _, job := range r.jobs(test.jobs, test.interval) {
					want[job.Key] = runsFrom(test.jobs, job.Key, job.Interval, r.start, 0, test.lasting)
					runs += len(want[job.Key])
				}
				if diff := cmp.Diff(want, r.runs); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.delays); diff != "" {
					t.Error("delays", diff)
				}
			})
		})
	}
}

// TestAllRunWithinTenSecondsAndOncePerInterval counts the runs of an hour.
func TestAllRunWithinTenSecondsAndOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		skipPhase()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(1000, time.Minute))
		stop := run(t, s)
		time.Sleep(time.Hour)
		stop()

		if len(r.runs) != 1000 {
			t.Errorf("%d of 1000 jobs ran", len(r.runs))
		}
		for key, runs := range r.runs {
			if runs[0] >= 10*time.Second {
				t.Errorf("%s ran %v after the start", key, runs[0])
			}
			if own := len(runs) - 1; own != 59 && own != 60 {
				t.Errorf("%s ran %d times in the hour after its first run", key, own)
			}
			for i := 2; i < len(runs); i++ {
				if distance := runs[i] - runs[i-1]; distance != time.Minute {
					t.Fatalf("%s: %v between runs %d and %d", key, distance, i-1, i)
				}
			}
		}
	})
}

func TestSlowJobSkipsTicksAndDelaysNoOther(t *testing.T) {
	const interval, lasting = 10 * time.Second, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		skipPhase()
		r := newRecord()
		s := New(r.observe)
		jobs := r.jobs(50, interval)
		slow := jobs[0].Run
		jobs[0].Run = func(ctx context.Context, tick time.Time) {
			slow(ctx, tick)
			time.Sleep(35 * time.Second)
		}
		s.Set(jobs)
		stop := run(t, s)
		time.Sleep(lasting)
		stop()

		want := make(map[string][]time.Duration)
		runs, skipped := 0, uint64(0)
		for i, job := range jobs {
			ends := time.Duration(-1)
			for _, tick := range runsFrom(50, job.Key, interval, r.start, 0, lasting) {
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
			t.Error("delays", diff)
		}
		if s.Skipped() != skipped || skipped < 40 {
			t.Errorf("%d ticks skipped, want %d and at least 40", s.Skipped(), skipped)
		}
	})
}

func TestRemovedJobContinuesAndRunsOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		skipPhase()
		r := newRecord()
		s := New(nil)
		var ended []string
		job := Job{Key: "mk4-01", Interval: Resolution, Run: func(ctx context.Context, _ time.Time) {
			time.Sleep(10*time.Second + time.Millisecond)
			ended = append(ended, fmt.Sprint("after ", time.Since(r.start), ", ", ctx.Err()))
		}}
		s.Set([]Job{job})
		stop := run(t, s)
		time.Sleep(time.Second)
		s.Set(nil)
		time.Sleep(time.Second)
		job.Run = r.run("back")
		job.Interval = time.Second
		s.Set([]Job{job})
		time.Sleep(10 * time.Second)
		stop()

		if diff := cmp.Diff([]string{"after 10.001s, <nil>"}, ended); diff != "" {
			t.Error(diff)
		}
		var want []time.Duration
		for _, tick := range runsFrom(1, "mk4-01", time.Second, r.start, 2*time.Second, 12*time.Second) {
			if tick > 10*time.Second {
				want = append(want, tick)
			}
		}
		if diff := cmp.Diff(map[string][]time.Duration{"back": want}, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunWaitsForAllRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type word struct{}
		type ending struct {
			After time.Duration
			Cause error
			Word  any
		}
		skipPhase()
		s := New(nil)
		start := time.Now()
		endings := make(chan ending, 10)
		s.Set([]Job{{Key: "mk4-01", Interval: time.Second, Run: func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			time.Sleep(5 * time.Second)
			endings <- ending{time.Since(start), ctx.Err(), ctx.Value(word{})}
		}}})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), word{}, "kept"), time.Minute)
		defer cancel()
		s.Run(ctx)

		if took := time.Since(start); took != 65*time.Second {
			t.Errorf("Run returned after %v", took)
		}
		close(endings)
		var got []ending
		for e := range endings {
			got = append(got, e)
		}
		want := []ending{{65 * time.Second, context.DeadlineExceeded, "kept"}}
		if diff := cmp.Diff(want, got, cmp.Comparer(errors.Is)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNothingStartsAfterContextIsDone(t *testing.T) {
	for range 100 { // select chooses among what is ready at random
		synctest.Test(t, func(t *testing.T) {
			r := newRecord()
			s := New(nil)
			s.Set([]Job{{Key: "mk4-01", Interval: Resolution, Run: r.run("mk4-01")}})
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			s.Run(ctx)
			if diff := cmp.Diff(map[string][]time.Duration{}, r.runs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScheduleRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		skipPhase()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(10, time.Minute))
		run(t, s)()
		time.Sleep(time.Hour)
		stop := run(t, s)
		time.Sleep(time.Minute)
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range r.jobs(10, time.Minute) {
			want[job.Key] = runsFrom(10, job.Key, time.Minute, r.start, time.Hour, time.Hour+time.Minute)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}
