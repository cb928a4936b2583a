package schedule

import (
	"sync"
	"sync/atomic"
)

// runners are the goroutines that run jobs. Idle ones are kept for the next jobs, because growing the stack of a new
// goroutine is costly.
type runners struct {
	work    chan func() // to idle runners
	idle    atomic.Int32
	running sync.WaitGroup
}

// maxIdle is the number of idle runners that are kept: about as many as run at a time with ten thousand healthy printers.
const maxIdle = 256

func newRunners() *runners { return &runners{work: make(chan func())} }

// start runs f immediately, on an idle runner if there is one.
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

// wait returns the next job; false if there are too many idle runners, or after end.
func (r *runners) wait() (func(), bool) {
	defer r.idle.Add(-1)
	if r.idle.Add(1) > maxIdle {
		return nil, false
	}
	f, ok := <-r.work
	return f, ok
}

// end waits until all jobs have ended. start must not be called any more.
func (r *runners) end() {
	close(r.work)
	r.running.Wait()
}
