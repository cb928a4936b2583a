package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"net/netip"
	"time"

	"octoeverywhere_exporter/probe"
)

// sharedDial is a shared connection that is being made, for all hosts that wait for it.
type sharedDial struct {
	done chan struct{}
	tr   trace
	conn *sharedConn // with err, set before done is closed
	err  error

	abandoned bool // the request that needed it no longer waits; guarded by the pool's mu
}

// wait waits for the dial, at most until ctx ends, and reports whether the dial has ended. A host does not wait for ever for the
// dial of another one.
func (d *sharedDial) wait(ctx context.Context, mine bool) (ended bool) {
	if !mine {
		limited, cancel := context.WithTimeout(ctx, dialPatience)
		defer cancel()
		ctx = limited
	}
	select {
	case <-d.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// dial makes a connection to the address that net.Dialer finds for h, with room for the request that needed it. It does not
// end with that request: others wait for it, too.
func (p *pool) dial(d *sharedDial, h *host) {
	defer p.dialing.Done()
	ctx, cancel := context.WithTimeout(p.lifetime, sharedDialTimeout)
	defer cancel()
	c, err := p.connect(ctx, d, h)
	d.tr.end(err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making--
	if p.dials[h.edge] == d {
		delete(p.dials, h.edge)
	}
	switch {
	case err != nil:
	case c.certificate == nil: // a connection of HTTP/1.1 carries one request at a time
		p.edge(h.edge).dedicatedUntil = time.Now().Add(dedicatedFor)
		_ = c.cc.Close()
		c, err = nil, errNotShared
	case p.closed:
		_ = c.cc.Close()
		c, err = nil, errNotShared
	default:
		if !d.abandoned {
			c.carrying = 1 // the request that needed it
		}
		p.conns = append(p.conns, c)
		h.trusted = c
		if h.refreshAt.IsZero() {
			h.refreshAt = c.born.Add(lookupInterval)
		}
	}
	d.conn, d.err = c, err
	close(d.done)
}

func (p *pool) connect(ctx context.Context, d *sharedDial, h *host) (*sharedConn, error) {
	c := &sharedConn{edge: h.edge}
	hooks := d.tr.hooks()
	hooks.TLSHandshakeDone = func(state tls.ConnectionState, err error) {
		if err == nil && state.NegotiatedProtocol == "h2" {
			c.certificate = state.PeerCertificates[0]
		}
	}
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, hooks), sharedKey{}, c)
	cc, err := p.base.NewClientConn(ctx, "https", h.hostPort)
	if err != nil {
		return nil, err
	}
	d.tr.enter(probe.Waiting)
	c.cc, c.born = cc, time.Now()
	c.address = addressOf(c.conn)
	c.conn.batches.Store(true)
	if c.certificate == nil {
		return c, nil
	}
	c.awaitSettings()
	if !c.hasRoom() {
		_ = cc.Close()
		return nil, errNoStreams
	}
	return c, nil
}

// addressOf is the address that a connection goes to.
func addressOf(c net.Conn) netip.AddrPort {
	to, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	a := to.AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// awaitSettings waits for the SETTINGS frame of the peer, but not for long: until it comes net/http assumes 100 streams,
// which many peers do not allow. Where the peer allows just that, the wait is for nothing.
func (c *sharedConn) awaitSettings() {
	const every, most = 2 * time.Millisecond, 250 * time.Millisecond
	for assumed := c.cc.Available(); c.cc.Available() == assumed && time.Since(c.born) < most; {
		time.Sleep(every)
	}
}

// close closes the connections when they carry nothing any more, and waits for dials and lookups, which the end of the
// lifetime has canceled.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	conns := p.conns
	p.mu.Unlock()
	for _, c := range conns {
		c.closeWhenIdle()
	}
	p.base.CloseIdleConnections()
	p.dialing.Wait()
}
