package simulator

import "sync"

// gate counts requests and, once closed, rejects new ones. HTTP/2 requests can outlive their connection.
type gate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // non-nil: closing
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty != nil {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
	}
}

// close waits until no request is in flight.
func (g *gate) close() {
	g.mu.Lock()
	g.empty = make(chan struct{})
	if g.inside == 0 {
		close(g.empty)
	}
	g.mu.Unlock()
	<-g.empty
}
