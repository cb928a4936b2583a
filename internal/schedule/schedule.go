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
	Key      string        // names the job, and by its hash gives it its moments
	Version  uint64        // another one makes a known job new: it is run at First, not at its next moment
	Interval time.Duration // must be positive
	// Run is called in a goroutine of its own, never twice at a time for one key. The context is that of Schedule.Run;
	// moment is when the run was due.
	Run func(ctx context.Context, moment time.Time)
}

// Schedule runs a set of jobs from one goroutine with one timer.
type Schedule struct {
	observe func(lateness time.Duration)
	changed chan struct{} // holds one token after Set: the next moment may be another now

	mu       sync.Mutex
	queue    queue
	underWay map[string]struct{} // keys, also of jobs that left meanwhile
	skipped  uint64
}

// New gives a schedule without jobs. observe, unless nil, is called once per run with how late it began; it is called from
// the runs' goroutines, so several at a time.
func New(observe func(lateness time.Duration)) *Schedule {
	return &Schedule{
		observe:  observe,
		changed:  make(chan struct{}, 1),
		underWay: make(map[string]struct{}),
	}
}

// Set replaces the set of jobs, before or during Run. A job whose key, version and interval stay keeps its moments and gets
// the new Run function. One with a new key, or another version or interval, is run first at First and then at its own
// moments. One that left is not started again; its run under way is not cut short. Of several jobs with one key the last
// counts. jobs is copied. Set panics when an interval is not positive.
func (s *Schedule) Set(jobs []Job) {
	s.replace(jobs, time.Now())
	select {
	case s.changed <- struct{}{}:
	default: // the token is there already
	}
}

// identity is what a job must keep to keep its moments.
type identity struct {
	key      string
	version  uint64
	interval time.Duration
}

func (j *Job) identity() identity { return identity{j.Key, j.Version, j.Interval} }

func (s *Schedule) replace(jobs []Job, now time.Time) {
	jobs = slices.Clone(jobs) // entries and runs point into it
	next := make(queue, 0, len(jobs))
	place := make(map[string]int, len(jobs))

	s.mu.Lock()
	defer s.mu.Unlock()
	moments := make(map[identity]time.Time, len(s.queue))
	for _, e := range s.queue {
		moments[e.job.identity()] = e.moment
	}
	fresh := 0
	for i := range jobs {
		if _, stays := moments[jobs[i].identity()]; !stays {
			fresh++
		}
	}
	for i := range jobs {
		job := &jobs[i]
		moment, stays := moments[job.identity()]
		if !stays {
			moment = First(fresh, job.Key, job.Interval, now)
		}
		if at, twice := place[job.Key]; twice {
			next[at] = entry{moment, job}
			continue
		}
		place[job.Key] = len(next)
		next = append(next, entry{moment, job})
	}
	heap.Init(&next)
	s.queue = next
}

// Run runs the jobs until ctx is done, and returns when every run it started has returned too. The jobs get ctx. All jobs
// that were set before count as new when Run begins. A moment that comes while the key's previous run is under way is
// skipped; so are moments that were missed because the process was suspended or the machine overloaded. One Run at a time.
func (s *Schedule) Run(ctx context.Context) {
	runs := newRunners()
	defer runs.end()
	start := func(job *Job, moment time.Time) {
		runs.start(func() {
			defer s.ended(job.Key)
			if s.observe != nil {
				s.observe(time.Since(moment))
			}
			job.Run(ctx, moment)
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
		if ctx.Err() != nil { // also when the timer was ready at the same time
			return
		}
		if next, ok := s.tick(time.Now(), start); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// restart plans all jobs as new at now: what was set long before Run would otherwise be due at once, all together.
func (s *Schedule) restart(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.queue {
		job := s.queue[i].job
		s.queue[i].moment = First(len(s.queue), job.Key, job.Interval, now)
	}
	heap.Init(&s.queue)
}

// tick starts every job that is due at now, each at most once, and gives the next moment of all; false when there is no job.
func (s *Schedule) tick(now time.Time, start func(job *Job, moment time.Time)) (next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) > 0 {
		due := &s.queue[0]
		if due.moment.After(now) {
			return due.moment, true
		}
		job := due.job
		if _, busy := s.underWay[job.Key]; busy {
			s.skipped++
		} else {
			s.underWay[job.Key] = struct{}{}
			start(job, due.moment)
		}
		due.moment = following(job.Key, job.Interval, due.moment, now)
		heap.Fix(&s.queue, 0)
	}
	return time.Time{}, false
}

func (s *Schedule) ended(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.underWay, key)
}

// Skipped counts the moments at which a job was not run because its previous run was still under way. Moments that the
// schedule itself missed are not among them: they show as lateness.
func (s *Schedule) Skipped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}
