package schedule

import (
	"sync"
	"sync/atomic"
)

// runners are the goroutines that run jobs. Some are kept for the next jobs: the stack of a new one has to grow before a
// job runs as deep as they do, and that costs as much as a good part of the job.
type runners struct {
	work    chan func() // taken by whoever is idle
	idle    atomic.Int32
	running sync.WaitGroup
}

// keep is how many idle runners are kept: as many as work at a time in a fleet of ten thousand that is well.
const keep = 256

func newRunners() *runners { return &runners{work: make(chan func())} }

// start runs f at once, on an idle runner if there is one.
func (r *runners) start(f func()) {
	select {
	case r.work <- f:
		return
	default:
	}
	r.running.Go(func() {
		for ok := true; ok; f, ok = r.wait() {
			f()
		}
	})
}

// wait gives the next job, false when the runner is one too many or all is over.
func (r *runners) wait() (func(), bool) {
	defer r.idle.Add(-1)
	if r.idle.Add(1) > keep {
		return nil, false
	}
	f, ok := <-r.work
	return f, ok
}

// end waits until all that was started has ended. Nothing may be started any more.
func (r *runners) end() {
	close(r.work)
	r.running.Wait()
}
