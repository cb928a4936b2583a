package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// conn is a connection that is counted while it is open, that is closed when more comes than was requested, and whose
// reads are batched while many requests are in flight.
type conn struct {
	net.Conn
	open       *atomic.Int64
	buffers    *sync.Pool // of batched reads
	ipProtocol uint8      // 4 or 6; 0: neither
	closed     atomic.Bool
	budget     atomic.Int64 // bytes that may still come
	inFlight   atomic.Int64 // requests whose response has not been read
	batches    atomic.Bool  // reads may be batched: the handshake is over

	// Of the one goroutine that reads: what was read and not taken yet, and the pooled buffer that it lies in.
	unread []byte
	buffer *[]byte
}

// How many bytes may come on a connection: per request as many as a response usually has, and what earlier requests did not
// use up to a limit. Without that, a peer could send frames that mean nothing for ever.
const (
	budgetPerRequest = maxHeader + 2*usualBody
	budgetReserve    = 2 << 20
)

// Reads are batched while more than batchAbove requests are in flight: a wake-up per response is what costs most in a large
// fleet. Measured durations are then late by up to readTick.
const (
	batchAbove = 32
	readTick   = 10 * time.Millisecond
)

var errFlood = errors.New("more data than requested")

func newReadBuffer() any { b := make([]byte, 64<<10); return &b }

func newConn(c net.Conn, open *atomic.Int64, buffers *sync.Pool) *conn {
	open.Add(1)
	counted := &conn{Conn: c, open: open, buffers: buffers, ipProtocol: ipProtocolOf(addressOf(c).Addr())}
	counted.budget.Store(budgetReserve)
	return counted
}

func ipProtocolOf(a netip.Addr) uint8 {
	switch {
	case a.Is4():
		return 4
	case a.Is6():
		return 6
	}
	return 0
}

// requestSent grants the bytes of one more response. responseRead has to follow.
func (c *conn) requestSent() {
	c.inFlight.Add(1)
	c.budget.Add(budgetPerRequest)
}

// responseRead reduces the budget to the reserve and the responses still to come.
func (c *conn) responseRead() {
	most := budgetReserve + c.inFlight.Add(-1)*budgetPerRequest
	for left := c.budget.Load(); left > most && !c.budget.CompareAndSwap(left, most); left = c.budget.Load() {
	}
}

// allowLarge grants the bytes of a response that is larger than usual.
func (c *conn) allowLarge() { c.budget.Add(maxBody) }

// Read fails when more came than was requested.
func (c *conn) Read(b []byte) (int, error) {
	if len(c.unread) == 0 {
		if !c.batches.Load() || c.inFlight.Load() <= batchAbove {
			n, err := c.Conn.Read(b)
			return c.charge(n, err)
		}
		time.Sleep(readTick - time.Duration(time.Now().UnixNano())%readTick)
		c.buffer = c.buffers.Get().(*[]byte)
		n, err := c.charge(c.Conn.Read(*c.buffer))
		if err != nil {
			c.release()
			return 0, err
		}
		c.unread = (*c.buffer)[:n]
	}
	n := copy(b, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) == 0 {
		c.release()
	}
	return n, nil
}

// release gives the buffer back.
func (c *conn) release() {
	c.buffers.Put(c.buffer)
	c.buffer, c.unread = nil, nil
}

// charge takes n bytes from the budget.
func (c *conn) charge(n int, err error) (int, error) {
	if c.budget.Add(-int64(n)) < 0 {
		return 0, errFlood
	}
	return n, err
}

// Close closes the connection.
func (c *conn) Close() error {
	if !c.closed.Swap(true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}

// connBelow returns the conn below a connection of net/http, nil where there is none.
func connBelow(c net.Conn) *conn {
	for {
		secure, ok := c.(*tls.Conn)
		if !ok {
			counted, _ := c.(*conn)
			return counted
		}
		c = secure.NetConn() // twice behind a proxy that speaks TLS itself
	}
}
