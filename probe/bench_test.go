package probe

import (
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/test/testkit"
)

func BenchmarkJudgeStatus(b *testing.B) {
	a := attemptOf(200, testkit.StatusResponse)
	b.SetBytes(int64(len(a.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if f, r := Judge(StatusRequest, a); !f.None() || r.State != Printing {
			b.Fatal(f)
		}
	}
}

// BenchmarkFold folds one result into a status: of a healthy printer, of one whose host is lost, and of one that alternates.
func BenchmarkFold(b *testing.B) {
	_, reading := Judge(StatusRequest, attemptOf(200, testkit.StatusResponse))
	healthy := Result{Request: StatusRequest, Took: 120 * time.Millisecond, Reading: reading}
	lost := Result{Request: StatusRequest, Took: 120 * time.Millisecond, Fault: fault.FromPlugin(785)}
	for _, c := range []struct {
		name    string
		results []Result
	}{{"healthy", []Result{healthy}}, {"lost", []Result{lost}}, {"alternating", []Result{healthy, lost}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			s := NewStatus(Target{Name: "mk4-01", Interval: 15 * time.Second})
			now := time.Unix(1_800_000_000, 0)
			for i := 0; b.Loop(); i++ {
				r := c.results[i%len(c.results)]
				r.Sent = now
				s = s.Next(r)
				now = now.Add(s.Interval)
			}
			if s.Probes != uint64(b.N) {
				b.Fatalf("%d probes of %d", s.Probes, b.N)
			}
		})
	}
}
