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

// BenchmarkTick measures one wake-up of 50,000 jobs at 15s, which starts 67 jobs, without their runs.
func BenchmarkTick(b *testing.B) {
	b.ReportAllocs()
	s := New(nil)
	now := time.Now()
	s.replace(noop(50_000, 15*time.Second), now)
	started := 0
	start := func(*Job, time.Time) { started++ }
	for b.Loop() {
		now, _ = s.startDue(now, start)
		clear(s.inFlight)
	}
	b.ReportMetric(float64(started)/float64(b.N), "jobs/op")
}

func BenchmarkSet(b *testing.B) {
	jobs := noop(50_000, 15*time.Second)
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
