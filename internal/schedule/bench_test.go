package schedule

import (
	"testing"
	"time"
)

func BenchmarkNext(b *testing.B) {
	b.ReportAllocs()
	now := time.Now()
	for b.Loop() {
		Next("farm/rack-12/x1c-07", 15*time.Second, now)
	}
}

// BenchmarkWakeUp measures a wake-up of 50,000 jobs every 15s, which starts 167 of them, without the runs.
func BenchmarkWakeUp(b *testing.B) {
	b.ReportAllocs()
	s := New(nil)
	now := time.Now()
	s.replace(newJobs(50_000, 15*time.Second), now)
	started := 0
	start := func(*Job, time.Time) { started++ }
	for b.Loop() {
		now, _ = s.startDue(now, start)
		clear(s.inFlight)
	}
	b.ReportMetric(float64(started)/float64(b.N), "jobs/op")
}

func BenchmarkSet(b *testing.B) {
	jobs := newJobs(50_000, 15*time.Second)
	b.Run("50,000 new jobs", func(b *testing.B) {
		for b.Loop() {
			New(nil).Set(jobs)
		}
	})
	b.Run("50,000 known jobs", func(b *testing.B) {
		s := New(nil)
		for b.Loop() {
			s.Set(jobs)
		}
	})
}
