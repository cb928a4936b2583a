package exporter

import (
	"errors"
	"sync"
)

// sharedRun runs a function for many callers: all calls during a run share the next one. So each caller gets the result of a run that
// began after its call, and many calls at once take no longer than two.
type sharedRun struct {
	run     func() error
	running chan struct{} // holds a token while run runs

	mu   sync.Mutex
	next *pendingRun // has not begun; nil: nobody waits for one
}

// pendingRun is a run that several callers may wait for.
type pendingRun struct {
	done chan struct{} // closed when it has ended
	err  error
}

// errRunPanicked is the result of a run for those who share it with the caller that gets its panic.
var errRunPanicked = errors.New("it ended in a bug of the exporter; see its log")

func newSharedRun(run func() error) *sharedRun {
	return &sharedRun{run: run, running: make(chan struct{}, 1)}
}

// do runs the function, or waits for the run of another caller.
func (s *sharedRun) do() error {
	s.mu.Lock()
	p := s.next
	if p != nil {
		s.mu.Unlock()
		<-p.done
		return p.err
	}
	p = &pendingRun{done: make(chan struct{}), err: errRunPanicked}
	s.next = p
	s.mu.Unlock()

	s.running <- struct{}{}
	defer func() { <-s.running }()
	s.mu.Lock()
	s.next = nil // later calls need another run
	s.mu.Unlock()
	defer close(p.done)
	p.err = s.run()
	return p.err
}
