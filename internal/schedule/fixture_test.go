package schedule

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// record is when jobs ran, counted from when the record was made.
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

// run returns the Run of a job that records its ticks under a label.
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

// runsFrom returns the expected runs of a job that is one of n new ones: the first run, then key's ticks up to until. set and
// until are counted from start.
func runsFrom(n int, key string, interval time.Duration, start time.Time, set, until time.Duration) []time.Duration {
	first := set + offset(key, min(interval, 10*time.Second, time.Duration(n)*10*time.Millisecond))
	runs := []time.Duration{first}
	own := time.Unix(0, 0).Add(offset(key, interval)).Sub(start)
	for own += interval * ((first-own)/interval + 1); own <= until; own += interval {
		runs = append(runs, own)
	}
	return runs
}

// run runs s in the bubble. It returns a function that ends it and waits.
func run(t *testing.T, s *Schedule) (stop func()) {
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

// skipPhase moves the clock of the bubble, which starts at midnight, to where no interval and no slot of offsets begins.
func skipPhase() { time.Sleep(3*time.Second + 217*time.Millisecond) }
