package schedule

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Job is a function to run once per interval.
type Job struct {
	Key      string        // unique; its hash determines the offset
	Version  uint64        // a job with another version is new: it is run at First instead of its next tick
	Interval time.Duration // must be positive
	Due      time.Time     // it is due at the first tick after this; a new job that has not missed that tick waits for its next one
	// Run is called on a goroutine of its own, and never concurrently for one key. The context is that of Schedule.Run; tick
	// is the time for which the run was scheduled.
	Run func(ctx context.Context, tick time.Time)
}

// Schedule runs jobs from one goroutine with one timer.
type Schedule struct {
	observe func(delay time.Duration)
	changed chan struct{}             // holds a token after Set: the next tick may have changed
	due     atomic.Pointer[time.Time] // when Run has something to do next; nil: never

	mu       sync.Mutex
	queue    queue
	inFlight map[string]struct{} // keys, including those of jobs that have been removed
	skipped  uint64
}

// New returns a schedule without jobs. observe, unless nil, is called once per run with its start delay, concurrently from
// several goroutines.
func New(observe func(delay time.Duration)) *Schedule {
	return &Schedule{
		observe:  observe,
		changed:  make(chan struct{}, 1),
		inFlight: make(map[string]struct{}),
	}
}

// Set replaces the jobs, before or during Run. A job with a known key, version and interval keeps its ticks and gets the new
// Run function. Any other is first run at First, unless it has not missed its first tick after Due, and then at its ticks. A job that is removed is not started again; a run in
// flight continues. If several jobs have the same key, the last one is used. jobs is copied. Set panics if an interval is
// not positive.
func (s *Schedule) Set(jobs []Job) {
	now := time.Now()
	s.replace(jobs, now)
	s.due.Store(&now) // Run is to look at the jobs
	select {
	case s.changed <- struct{}{}:
	default: // a token is there already
	}
}

// identity is what a job must keep to keep its ticks.
type identity struct {
	key      string
	version  uint64
	interval time.Duration
}

func (j *Job) identity() identity { return identity{j.Key, j.Version, j.Interval} }

// first returns the first run of a job that is one of n new jobs at now.
func (j *Job) first(n int, now time.Time) time.Time {
	if j.waits(now) {
		return Next(j.Key, j.Interval, now)
	}
	return First(n, j.Key, j.Interval, now)
}

// waits reports whether the tick at which the job is due has not passed.
func (j *Job) waits(now time.Time) bool {
	return !j.Due.IsZero() && Next(j.Key, j.Interval, j.Due).After(now)
}

func (s *Schedule) replace(jobs []Job, now time.Time) {
	jobs = slices.Clone(jobs) // entries and runs refer to it
	next := make(queue, 0, len(jobs))
	index := make(map[string]int, len(jobs)) // in next, by key

	s.mu.Lock()
	defer s.mu.Unlock()
	ticks := make(map[identity]time.Time, len(s.queue))
	for _, e := range s.queue {
		ticks[e.job.identity()] = e.tick
	}
	added := 0
	for i := range jobs {
		if _, known := ticks[jobs[i].identity()]; !known && !jobs[i].waits(now) {
			added++
		}
	}
	for i := range jobs {
		job := &jobs[i]
		tick, known := ticks[job.identity()]
		if !known {
			tick = job.first(added, now)
		}
		if at, duplicate := index[job.Key]; duplicate {
			next[at] = entry{tick, job}
			continue
		}
		index[job.Key] = len(next)
		next = append(next, entry{tick, job})
	}
	heap.Init(&next)
	s.queue = next
}

// Run runs the jobs until ctx is done, then waits for all runs in flight. The jobs get ctx. All jobs that were set before are
// new when Run starts. A tick is skipped if the previous run of its key is still in flight, or if the process was suspended
// or the machine overloaded. Only one Run at a time is allowed.
func (s *Schedule) Run(ctx context.Context) {
	pool := newWorkerPool()
	defer pool.close()
	start := func(job *Job, tick time.Time) {
		pool.start(func() {
			defer s.finish(job.Key)
			if s.observe != nil {
				s.observe(time.Since(tick))
			}
			job.Run(ctx, tick)
		})
	}

	s.restart(time.Now())
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.changed:
		}
		if ctx.Err() != nil { // the timer may have been ready too
			return
		}
		if next, ok := s.startDue(time.Now(), start); ok {
			s.due.Store(&next)
			timer.Reset(time.Until(next))
		} else {
			s.due.Store(nil)
			timer.Stop()
		}
	}
}

// restart schedules all jobs as new at now. Otherwise jobs that were set long before Run would all be due at once.
func (s *Schedule) restart(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.queue {
		s.queue[i].tick = s.queue[i].job.first(len(s.queue), now)
	}
	heap.Init(&s.queue)
}

// startDue starts every job that is due at now, each at most once. It returns the next tick of all jobs, false if there is no
// job.
func (s *Schedule) startDue(now time.Time, start func(job *Job, tick time.Time)) (next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) > 0 {
		due := &s.queue[0]
		if due.tick.After(now) {
			return due.tick, true
		}
		job := due.job
		if _, busy := s.inFlight[job.Key]; busy {
			s.skipped++
		} else {
			s.inFlight[job.Key] = struct{}{}
			start(job, due.tick)
		}
		due.tick = following(job.Key, job.Interval, due.tick, now)
		heap.Fix(&s.queue, 0)
	}
	return time.Time{}, false
}

func (s *Schedule) finish(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inFlight, key)
}

// Late returns for how long Run has not started what is due; 0 while nothing is. It never waits, and it does not count time for
// which the machine was suspended, where the monotonic clock does not.
func (s *Schedule) Late() time.Duration {
	due := s.due.Load()
	if due == nil {
		return 0
	}
	return max(0, time.Since(*due))
}

// Skipped returns the number of ticks that were skipped because the previous run of the job was still in flight. Ticks that
// the schedule itself missed are not counted; they show as start delay.
func (s *Schedule) Skipped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}
