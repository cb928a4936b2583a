package probe

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
)

// countedConn is a connection that is counted while it is open, and that is broken off when more comes than was asked for.
type countedConn struct {
	net.Conn
	open    *atomic.Int64
	closed  atomic.Bool
	due     atomic.Int64 // bytes that may still come
	waiting atomic.Int64 // questions without an answer
}

// How many bytes may come on a connection: with each question as many as an answer usually has, and what is left over
// from earlier ones up to a bound. Without that an edge could keep a connection busy with frames that mean nothing, and
// this machine with reading them, for ever.
const (
	dueByQuestion = maxHeader + 2*usualBody
	dueMost       = 2 << 20
)

var errFlood = errors.New("more comes than was asked for")

func counted(c net.Conn, open *atomic.Int64) *countedConn {
	open.Add(1)
	counted := &countedConn{Conn: c, open: open}
	counted.due.Store(dueMost)
	return counted
}

// asked lets the answer to one more question come. answered has to follow.
func (c *countedConn) asked() {
	c.waiting.Add(1)
	c.due.Add(dueByQuestion)
}

// answered takes back what is left over, but for a bound and for the answers that are still to come.
func (c *countedConn) answered() {
	most := dueMost + c.waiting.Add(-1)*dueByQuestion
	for due := c.due.Load(); due > most && !c.due.CompareAndSwap(due, most); due = c.due.Load() {
	}
}

// larger lets an answer come that is larger than they usually are.
func (c *countedConn) larger() { c.due.Add(maxBody) }

// Read fails when more came than was asked for.
func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.due.Add(-int64(n)) < 0 {
		return 0, errFlood
	}
	return n, err
}

// Close ends the connection.
func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}

// below gives the counted connection under one that net/http uses, nil where there is none.
func below(c net.Conn) *countedConn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	counted, _ := c.(*countedConn)
	return counted
}
