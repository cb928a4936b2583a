package schedule

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"
)

// Job is something to run once per interval.
type Job struct {
	Key      string        // identifies the job; its hash gives the offset
	Version  uint64        // a change makes the job new: it runs at FirstRun
	Interval time.Duration // must be positive
	// Run is called in its own goroutine, for each key once at a time. The context is that of Schedule.Run; tick is when
	// the run was due.
	Run func(ctx context.Context, tick time.Time)
}

// Schedule runs a set of jobs from one goroutine with one timer.
type Schedule struct {
	observe func(delay time.Duration)
	changed chan struct{} // holds one token after Set: the next tick may have changed

	mu       sync.Mutex
	queue    queue
	inFlight map[string]struct{} // keys, including those of removed jobs
	skipped  uint64
}

// New returns a schedule without jobs. observe, unless nil, is called once per run with its start delay. It is called by
// several goroutines.
func New(observe func(delay time.Duration)) *Schedule {
	return &Schedule{
		observe:  observe,
		changed:  make(chan struct{}, 1),
		inFlight: make(map[string]struct{}),
	}
}

// Set replaces the set of jobs, before or during Run. A job with unchanged key, version and interval keeps its next tick and
// gets the new Run function. A new or changed job runs first at FirstRun and then at its ticks. A removed job is not started
// again; its run in flight continues. Of several jobs with one key the last is used. jobs is copied. Set panics if an
// interval is not positive.
func (s *Schedule) Set(jobs []Job) {
	s.replace(jobs, time.Now())
	select {
	case s.changed <- struct{}{}:
	default: // there is a token already
	}
}

// identity is what must be unchanged for a job to keep its next tick.
type identity struct {
	key      string
	version  uint64
	interval time.Duration
}

func (j *Job) identity() identity { return identity{j.Key, j.Version, j.Interval} }

func (s *Schedule) replace(jobs []Job, now time.Time) {
	jobs = slices.Clone(jobs) // entries and runs point into it
	next := make(queue, 0, len(jobs))
	position := make(map[string]int, len(jobs))

	s.mu.Lock()
	defer s.mu.Unlock()
	ticks := make(map[identity]time.Time, len(s.queue))
	for _, e := range s.queue {
		ticks[e.job.identity()] = e.tick
	}
	added := 0
	for i := range jobs {
		if _, stays := ticks[jobs[i].identity()]; !stays {
			added++
		}
	}
	for i := range jobs {
		job := &jobs[i]
		tick, stays := ticks[job.identity()]
		if !stays {
			tick = FirstRun(added, job.Key, job.Interval, now)
		}
		if at, twice := position[job.Key]; twice {
			next[at] = entry{tick, job}
			continue
		}
		position[job.Key] = len(next)
		next = append(next, entry{tick, job})
	}
	heap.Init(&next)
	s.queue = next
}

// Run runs the jobs, with ctx, until ctx is done, and returns when all runs have returned. Jobs that were set before are new
// when Run begins. A tick is skipped while the previous run of its key is in flight, and if it was missed because the process
// was suspended or the machine overloaded. Only one Run at a time.
func (s *Schedule) Run(ctx context.Context) {
	runs := newRunners()
	defer runs.end()
	start := func(job *Job, tick time.Time) {
		runs.start(func() {
			defer s.endRun(job.Key)
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
		if ctx.Err() != nil { // even if the timer fired at the same time
			return
		}
		if next, ok := s.startDue(time.Now(), start); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// restart makes all jobs new at now: those that were set long before Run would otherwise be due all at once.
func (s *Schedule) restart(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.queue {
		job := s.queue[i].job
		s.queue[i].tick = FirstRun(len(s.queue), job.Key, job.Interval, now)
	}
	heap.Init(&s.queue)
}

// startDue starts each job that is due at now once, and returns the next tick of all jobs; false if there is no job.
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
		due.tick = nextAfter(job.Key, job.Interval, due.tick, now)
		heap.Fix(&s.queue, 0)
	}
	return time.Time{}, false
}

func (s *Schedule) endRun(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inFlight, key)
}

// Skipped returns the number of ticks that were skipped because the previous run of the job was in flight. Missed ticks are
// not included: they show as start delay.
func (s *Schedule) Skipped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}
