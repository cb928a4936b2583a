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

// One wake-up of 50,000 jobs at 15s starts 67 of them, 50 times a second; the runs themselves are not in it.
func BenchmarkTick(b *testing.B) {
	b.ReportAllocs()
	s := New(nil)
	now := time.Now()
	s.replace(noop(50_000, 15*time.Second), now)
	started := 0
	start := func(*Job, time.Time) { started++ }
	for b.Loop() {
		now, _ = s.tick(now, start)
		clear(s.underWay)
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
