package exporter

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// connLimiter bounds the open connections of a listener: each takes a file descriptor, and so does each connection to a
// printer. At the limit a new connection replaces the one that has waited longest for a request, in a handshake, in a header
// or idle. A connection with a request in flight is never closed: where all have one, new connections wait.
type connLimiter struct {
	net.Listener
	limit int // 0: no limit

	mu      sync.Mutex
	freed   *sync.Cond // a connection was closed, or waits for a request again
	open    int
	waiting list.List // of *limitedConn without a request in flight, the longest waiting first
	closed  bool
}

// limitedConn is an open connection of a connLimiter, whose mu guards its fields.
type limitedConn struct {
	net.Conn
	limiter  *connLimiter
	element  *list.Element // in waiting; nil while a request is in flight
	handlers int           // that run
	idle     bool          // net/http has sent the responses of all requests
	closed   bool
}

// connKey is the context key of a request's connection.
type connKey struct{}

// newConnLimiter bounds the connections that srv takes from a listener. The handler of srv must be wrapped by serving.
func newConnLimiter(l net.Listener, limit int, srv *http.Server) *connLimiter {
	limiter := &connLimiter{Listener: l, limit: limit}
	limiter.freed = sync.NewCond(&limiter.mu)
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, limitedOf(c))
	}
	srv.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateIdle || s == http.StateActive {
			limitedOf(c).setIdle(s == http.StateIdle)
		}
	}
	return limiter
}

// limitedOf returns the connection below TLS.
func limitedOf(c net.Conn) *limitedConn {
	if overTLS, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = overTLS.NetConn()
	}
	return c.(*limitedConn)
}

// Accept waits for the next connection, and until there is room for it.
func (l *connLimiter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.limit > 0 && l.open >= l.limit && !l.closed {
		if longest := l.waiting.Front(); longest != nil {
			_ = longest.Value.(*limitedConn).closeLocked()
			continue
		}
		l.freed.Wait()
	}
	if l.closed {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	l.open++
	limited := &limitedConn{Conn: c, limiter: l}
	limited.element = l.waiting.PushBack(limited)
	return limited, nil
}

// Close closes the listener. Connections stay open.
func (l *connLimiter) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.freed.Broadcast()
	return l.Listener.Close()
}

// serving wraps the handler of the server.
func (l *connLimiter) serving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(connKey{}).(*limitedConn)
		c.begin()
		defer c.end()
		next.ServeHTTP(w, r)
	})
}

// begin notes that a handler runs.
func (c *limitedConn) begin() {
	c.limiter.mu.Lock()
	defer c.limiter.mu.Unlock()
	c.handlers++
	if c.element != nil {
		c.limiter.waiting.Remove(c.element)
		c.element = nil
	}
}

// end notes that a handler has ended. What it wrote may not be sent before the connection is idle.
func (c *limitedConn) end() {
	c.limiter.mu.Lock()
	defer c.limiter.mu.Unlock()
	c.handlers--
	c.waitLocked()
}

// setIdle notes that all responses were sent, or that a request begins to arrive.
func (c *limitedConn) setIdle(idle bool) {
	c.limiter.mu.Lock()
	defer c.limiter.mu.Unlock()
	c.idle = idle
	if c.element != nil {
		c.limiter.waiting.MoveToBack(c.element)
	}
	c.waitLocked()
}

// waitLocked notes that the connection waits for a request, if it does. The limiter's mu must be held.
func (c *limitedConn) waitLocked() {
	if c.idle && c.handlers == 0 && c.element == nil && !c.closed {
		c.element = c.limiter.waiting.PushBack(c)
		c.limiter.freed.Signal()
	}
}

// Close closes the connection.
func (c *limitedConn) Close() error {
	c.limiter.mu.Lock()
	defer c.limiter.mu.Unlock()
	return c.closeLocked()
}

// closeLocked is Close; the limiter's mu must be held. Closing a connection again does nothing.
func (c *limitedConn) closeLocked() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.limiter.open--
	if c.element != nil {
		c.limiter.waiting.Remove(c.element)
		c.element = nil
	}
	c.limiter.freed.Signal()
	return c.Conn.Close()
}
