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

func TestRemovedJobFinishesAndIsNotRunConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(nil)
		var ended []string
		job := Job{Key: "mk4-01", Interval: Resolution, Run: func(ctx context.Context, _ time.Time) {
			time.Sleep(10*time.Second + time.Millisecond)
			ended = append(ended, fmt.Sprint("after ", time.Since(r.start), ", ", ctx.Err()))
		}}
		s.Set([]Job{job})
		stop := startRun(t, s)
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
		for _, tick := range wantRuns(1, "mk4-01", time.Second, r.start, 2*time.Second, 12*time.Second) {
			if tick > 10*time.Second {
				want = append(want, tick)
			}
		}
		if diff := cmp.Diff(map[string][]time.Duration{"back": want}, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunReturnsWhenAllRunsHaveEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type contextKey struct{}
		type ending struct {
			After time.Duration
			Cause error
			Value any
		}
		leaveTick()
		s := New(nil)
		start := time.Now()
		endings := make(chan ending, 10)
		s.Set([]Job{{Key: "mk4-01", Interval: time.Second, Run: func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			time.Sleep(5 * time.Second)
			endings <- ending{time.Since(start), ctx.Err(), ctx.Value(contextKey{})}
		}}})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), contextKey{}, "kept"), time.Minute)
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

func TestNothingStartsOnceTheContextIsDone(t *testing.T) {
	for range 100 { // select chooses at random among the ready cases
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
		leaveTick()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(10, time.Minute))
		startRun(t, s)()
		time.Sleep(time.Hour)
		stop := startRun(t, s)
		time.Sleep(time.Minute)
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range r.jobs(10, time.Minute) {
			want[job.Key] = wantRuns(10, job.Key, time.Minute, r.start, time.Hour, time.Hour+time.Minute)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}
