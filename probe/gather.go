package probe

import (
	"net"
	"runtime"
	"sync"
)

// gatherConn is a connection whose writes are gathered: what many questions that are due together write at about the
// same time goes out with one system call. It delays nothing: it is sent as soon as those who are ready have written.
type gatherConn struct {
	net.Conn

	mu      sync.Mutex
	change  sync.Cond // of what follows
	waiting []byte    // to be sent
	spare   []byte    // the other buffer
	err     error     // of a write, for all later ones
	closed  bool
}

// gatherMost is how much may wait to be sent, in bytes. Who writes more waits.
const gatherMost = 256 << 10

func gather(c net.Conn) *gatherConn {
	g := &gatherConn{Conn: c}
	g.change.L = &g.mu
	go g.send()
	return g
}

// Write takes b to be sent. An error is that of an earlier write, as is usual where there is a buffer in between.
func (g *gatherConn) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.waiting) > gatherMost && g.err == nil && !g.closed {
		g.change.Wait()
	}
	switch {
	case g.err != nil:
		return 0, g.err
	case g.closed:
		return 0, net.ErrClosed
	}
	g.waiting = append(g.waiting, b...)
	g.change.Broadcast()
	return len(b), nil
}

// send sends what was gathered until the connection is closed.
func (g *gatherConn) send() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		for len(g.waiting) == 0 {
			if g.closed || g.err != nil {
				return
			}
			g.change.Wait()
		}
		g.mu.Unlock()
		runtime.Gosched() // whoever is ready to write does so first
		g.mu.Lock()
		b := g.waiting
		g.waiting = g.spare[:0]
		g.mu.Unlock()
		_, err := g.Conn.Write(b)
		g.mu.Lock()
		g.spare, g.err = b, err
		g.change.Broadcast()
	}
}

// Close ends the connection. What is waiting then is still sent if the connection takes it at once.
func (g *gatherConn) Close() error {
	g.mu.Lock()
	g.closed = true
	last := g.waiting
	g.waiting = nil
	g.change.Broadcast()
	g.mu.Unlock()
	if len(last) > 0 {
		_, _ = g.Conn.Write(last)
	}
	return g.Conn.Close()
}
