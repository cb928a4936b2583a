package schedule

import (
	"sync"
	"sync/atomic"
)

// workerPool runs functions on goroutines. It keeps some for reuse: the stack of a new goroutine has to grow first, which
// costs a good part of a job.
type workerPool struct {
	work    chan func() // received by an idle worker
	idle    atomic.Int32
	workers sync.WaitGroup
}

// maxIdle is the maximum number of idle workers: about as many as run at the same time in a healthy fleet of 10,000.
const maxIdle = 256

func newWorkerPool() *workerPool { return &workerPool{work: make(chan func())} }

// start runs f immediately, on an idle worker if there is one.
func (p *workerPool) start(f func()) {
	select {
	case p.work <- f:
		return
	default:
	}
	p.workers.Go(func() {
		for ok := true; ok; f, ok = p.next() {
			f()
		}
	})
}

// next waits for the next function. It returns false if there are too many idle workers, or after close.
func (p *workerPool) next() (func(), bool) {
	defer p.idle.Add(-1)
	if p.idle.Add(1) > maxIdle {
		return nil, false
	}
	f, ok := <-p.work
	return f, ok
}

// close waits until all functions have returned. start must not be called afterwards.
func (p *workerPool) close() {
	close(p.work)
	p.workers.Wait()
}
