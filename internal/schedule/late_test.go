package schedule

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestLate: jobs that are due and not started are noticed, before Run, after it, and only then.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil)
		expect := func(what string, want time.Duration) {
			t.Helper()
			if got := s.Late(); got != want {
				t.Errorf("%s: %v late, want %v", what, got, want)
			}
		}
		time.Sleep(time.Hour)
		expect("without jobs", 0)
		jobs := []Job{{Key: "a", Interval: time.Minute, Run: func(context.Context, time.Time) { time.Sleep(10 * time.Minute) }}}
		s.Set(jobs)
		time.Sleep(time.Hour)
		expect("without Run", time.Hour)

		stop := startRun(t, s)
		synctest.Wait()
		for range 1000 {
			expect("during Run, with runs that hang", 0)
			time.Sleep(777 * time.Millisecond)
		}
		s.Set(nil)
		synctest.Wait()
		time.Sleep(time.Hour)
		expect("when all jobs have been removed", 0)
		s.Set(jobs)
		synctest.Wait()
		expect("when jobs were added", 0)
		stop()
		time.Sleep(time.Hour)
		if late := s.Late(); late < 59*time.Minute {
			t.Errorf("after Run: %v late", late)
		}
	})
}
