package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

// sharing has printers share HTTP/2 connections (RFC 9113 §9.1.1): a connection carries the questions to every host for
// whose name its certificate is valid and whose name resolves to its address.
type sharing struct {
	base *http.Transport
	name string // that TLS verifies in place of the host's, where one is configured
	book addressBook

	mu      sync.Mutex
	conns   []*sharedConn
	dials   map[netip.AddrPort]*sharedDial
	single  map[netip.AddrPort]time.Time // addresses that do not speak HTTP/2, and until when that is believed
	edges   map[string]*sharedEdge
	closed  bool
	dialing sync.WaitGroup
	bereft  chan struct{} // has a place for each question that goes on alone after connections died under it
}

var (
	// errNotShared says that a host has to have connections of its own.
	errNotShared = errors.New("this host shares no connection")
	// errNoRoom says that an edge does not take a single question on a new connection.
	errNoRoom = errors.New("the edge takes no question")
	// errDiedAgain says that a second connection died under a question.
	errDiedAgain = errors.New("the connection died again")
)

type sharedConn struct {
	cc          *http.ClientConn
	conn        *countedConn
	address     netip.AddrPort
	certificate *x509.Certificate
	born        time.Time
	carrying    int       // questions that were given to it and have no answer yet
	ended       time.Time // when the first of its questions met that it takes no more
}

// hasRoom reports whether the connection takes one more question. It counts by itself and does not use cc.Reserve: if
// the edge turns out to take fewer streams than are reserved, nothing moves on that connection any more (net/http counts
// each reservation as a stream, also those that wait for a stream).
func (c *sharedConn) hasRoom() bool {
	available := c.cc.Available()
	return available > 0 && c.carrying < available+c.cc.InFlight()
}

// sharedDial is a connection that is being made, for all who wait for one.
type sharedDial struct {
	done chan struct{}
	tr   tracer
	conn *sharedConn
	err  error
}

// Bounds of shared connections: how many, how many questions go on alone at a time because they died, how long one may
// take to be made, and how long an address that does not speak HTTP/2, or a host that was sent away, has connections of
// its own.
const (
	sharedMost  = 128
	bereftMost  = 64
	dialTimeout = 10 * time.Second
	apartFor    = 10 * time.Minute
)

func newSharing(base *http.Transport, name string) *sharing {
	return &sharing{
		base: base, name: name, book: newAddressBook(),
		dials: map[netip.AddrPort]*sharedDial{}, single: map[netip.AddrPort]time.Time{}, edges: map[string]*sharedEdge{},
		bereft: make(chan struct{}, bereftMost),
	}
}

// carry carries a request on a shared connection. One that was not answered because of the connection is repeated, on a
// connection that is younger than the failure: once if the connection died, a few times if the edge did not begin with it.
func (s *sharing) carry(req *http.Request, tr *tracer) (*http.Response, error) {
	var after time.Time
	for try := 1; ; try++ {
		c, waited, err := s.take(req, tr, after)
		if errors.Is(err, errNoRoom) && try == 1 { // it may be about to end
			continue
		}
		if err != nil {
			return nil, err
		}
		tr.share(c.conn, waited)
		resp, err := c.cc.RoundTrip(req)
		s.answered(c)
		if err == nil || req.Context().Err() != nil {
			return resp, err
		}
		switch {
		case refused(err): // there were more streams than the edge takes
		case c.cc.Err() == nil && c.cc.Available() == 0: // the edge takes no more on this connection (GOAWAY)
			after = s.end(c)
		case c.cc.Err() != nil && try == 1: // it is dead
			after = s.end(c)
		case c.cc.Err() != nil:
			return nil, fmt.Errorf("%w: %w", errDiedAgain, err)
		default:
			return nil, err
		}
		if try == sharedTries {
			return nil, err
		}
	}
}

// sharedTries is how often a question is sent that the edge did not begin with.
const sharedTries = 4

// refused reports whether the edge says that it has not looked at the question (RFC 9113 §8.7).
func refused(err error) bool {
	se, ok := errors.AsType[http2.StreamError](err)
	return ok && se.Code == http2.ErrCodeRefusedStream
}

// take gives a connection that has room, younger than after. It makes one if there is none, and says that
// it had to be waited for.
func (s *sharing) take(req *http.Request, tr *tracer, after time.Time) (c *sharedConn, waited bool, err error) {
	h, err := s.book.find(req.Context(), req.URL, tr)
	if err != nil {
		return nil, false, err
	}
	for stillborn := 0; ; {
		tried := *h.addresses.Load()
		c, d, mine, err := s.place(req.Context(), h, after)
		if c != nil || err != nil {
			return c, waited, err
		}
		if mine {
			s.dialing.Go(func() { s.dial(d, h) })
		}
		select {
		case <-d.done:
		case <-req.Context().Done():
			tr.follow(&d.tr)
			return nil, true, req.Context().Err()
		}
		if d.err != nil && !mine && d.tr.stage() == Handshaking {
			return nil, true, errNotShared // another host's certificate is at fault, not this one's
		}
		tr.follow(&d.tr)
		if waited = true; d.err != nil {
			if !s.book.renew(req.Context(), h, tried) {
				return nil, true, d.err
			}
			continue
		}
		if d.conn.cc.Err() != nil { // it died before it carried this question
			if stillborn++; stillborn == 2 {
				return nil, true, errDiedAgain
			}
		}
	}
}

// place gives a connection that has room, or the dial to wait for; mine says that the caller has to make it.
func (s *sharing) place(ctx context.Context, h *hostEntry, after time.Time) (c *sharedConn, d *sharedDial, mine bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	addresses := h.addresses.Load()
	if until, ok := s.single[(*addresses)[0]]; s.closed || ok && time.Now().Before(until) {
		return nil, nil, false, errNotShared
	}
	s.conns = slices.DeleteFunc(s.conns, func(c *sharedConn) bool { return c.cc.Err() != nil })
	for _, c := range s.conns {
		if c.born.After(after) && slices.Contains(*addresses, c.address) && h.trusts(c, s.name) && c.hasRoom() {
			c.carrying++
			return c, nil, false, nil
		}
	}
	first := (*addresses)[0]
	if d, ok := s.dials[first]; ok {
		return nil, d, false, nil
	}
	if len(s.conns) >= sharedMost {
		return nil, nil, false, errNotShared
	}
	d = &sharedDial{done: make(chan struct{})}
	d.tr.begin(stageWatcher(ctx))
	s.dials[first] = d
	return nil, d, true, nil
}

// dial makes a connection to the first of a host's addresses that takes one. It does not end with the question that
// wanted it: others wait for it too.
func (s *sharing) dial(d *sharedDial, h *hostEntry) {
	addresses := *h.addresses.Load()
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	var c *sharedConn
	for i, a := range addresses {
		// Each gets its share of the time that is left: one of them may swallow what is sent to it.
		deadline, _ := ctx.Deadline()
		limited, cancel := context.WithTimeout(ctx, time.Until(deadline)/time.Duration(len(addresses)-i))
		c, d.err = s.connect(limited, d, h, a)
		cancel()
		if d.err == nil {
			break
		}
	}
	d.tr.end(d.err)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dials, addresses[0])
	switch {
	case c == nil:
	case s.closed, c.certificate == nil: // it speaks HTTP/1.1, of which a connection carries one question
		s.single[addresses[0]] = time.Now().Add(apartFor)
		_ = c.cc.Close()
	default:
		s.conns = append(s.conns, c)
	}
	d.conn = c
	close(d.done)
}

func (s *sharing) connect(ctx context.Context, d *sharedDial, h *hostEntry, a netip.AddrPort) (*sharedConn, error) {
	c := &sharedConn{address: a}
	trace := d.tr.hooks()
	done := trace.TLSHandshakeDone
	trace.TLSHandshakeDone = func(state tls.ConnectionState, err error) {
		if err == nil && state.NegotiatedProtocol == "h2" {
			c.certificate = state.PeerCertificates[0]
		}
		done(state, err)
	}
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, trace), sharedKey{}, c)
	cc, err := s.base.NewClientConn(ctx, "https", h.hostPort)
	if err != nil {
		return nil, err
	}
	c.cc, c.born = cc, time.Now()
	c.settle()
	if c.certificate != nil && !c.hasRoom() { // more of them would have none either
		_ = cc.Close()
		return nil, errNoRoom
	}
	return c, nil
}

// settle waits until the edge has said how many streams it takes: until then net/http assumes a number that many edges
// do not have. Where an edge has just that number, it waits for nothing, but not for long.
func (c *sharedConn) settle() {
	const every, most = 2 * time.Millisecond, 250 * time.Millisecond
	for assumed := c.cc.Available(); c.certificate != nil && c.cc.Available() == assumed && time.Since(c.born) < most; {
		time.Sleep(every)
	}
}

// answered says that the connection has carried a question.
func (s *sharing) answered(c *sharedConn) {
	s.mu.Lock()
	c.carrying--
	s.mu.Unlock()
}

// end says since when a connection takes no more. For all its questions that is the same moment: one that met it late takes
// the connection that another has made since.
func (s *sharing) end(c *sharedConn) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ended.IsZero() {
		c.ended = time.Now()
	}
	return c.ended
}

// trusts reports whether the connection's certificate is valid for the host. name is what is verified in its place.
func (h *hostEntry) trusts(c *sharedConn, name string) bool {
	if h.trusted.Load() == c {
		return true
	}
	if c.certificate.VerifyHostname(cmp.Or(name, h.host)) != nil {
		return false
	}
	h.trusted.Store(c)
	return true
}

// leave gives a host connections of its own for a while: the edge says that it does not belong on a shared one (421).
func (s *sharing) leave(hostPort string) { s.book.setApart(hostPort, time.Now().Add(apartFor)) }

func (s *sharing) close() {
	s.mu.Lock()
	s.closed = true
	conns := s.conns
	s.mu.Unlock()
	for _, c := range conns {
		closeWhenDone := func(cc *http.ClientConn) {
			if cc.InFlight() == 0 {
				_ = cc.Close()
			}
		}
		c.cc.SetStateHook(closeWhenDone)
		closeWhenDone(c.cc)
	}
	s.base.CloseIdleConnections()
}
