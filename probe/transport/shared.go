package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

// pool has the HTTP/2 connections that hosts share (RFC 9113 §9.1.1): a connection carries requests to every host for whose
// name its certificate is valid and whose name resolves to its address.
type pool struct {
	base     *http.Transport
	tls      *tls.Config       // of the settings; nil: the defaults
	dialer   *dialer           // looks names up
	disabled func(edge string) // see Options.SharingDisabled

	lifetime context.Context
	dialing  sync.WaitGroup // dials and lookups in the background

	mu     sync.Mutex // guards what follows, and the fields of hosts and connections that say so
	closed bool
	conns  []*sharedConn
	making int                    // connections that are being made
	dials  map[string]*sharedDial // by edge
	hosts  map[string]*host       // by host and port as in the URL
	dialed map[string]*host       // the same by host and port as they are dialed
	edges  map[string]*edgeState
	swept  time.Time
}

var (
	// errNotShared says that a host needs a dedicated connection.
	errNotShared = errors.New("the connection cannot be shared")
	// errNoStreams says that a new connection takes no request. Another one would not either.
	errNoStreams = errors.New("the new connection allows no stream")
)

// Limits of shared connections.
const (
	maxShared         = 128
	sharedDialTimeout = 10 * time.Second // with the TLS handshake
	maxRefused        = 3                // times that a request is sent again because it was refused unprocessed
	maxFailedDials    = 2                // of other hosts, before a host dials for itself
	dialPatience      = 3 * time.Second  // for the dial of another host
)

// sharedConn is a connection that hosts share.
type sharedConn struct {
	cc          *http.ClientConn
	conn        *conn
	edge        string
	address     netip.AddrPort
	certificate *x509.Certificate // nil: the peer does not speak HTTP/2
	born        time.Time

	// guarded by the pool's mu
	carrying int       // requests without a response header
	lost     time.Time // when the first of its requests noticed that it takes no more
}

// sharedKey is the context key of the shared connection that is being dialed.
type sharedKey struct{}

// hasRoom reports whether the connection takes one more request. It counts by itself and does not use cc.Reserve: when more
// streams are reserved than the peer then allows, requests on that connection never end.
func (c *sharedConn) hasRoom() bool {
	available := c.cc.Available()
	return available > 0 && c.carrying < available+c.cc.InFlight()
}

func newPool(lifetime context.Context, base *http.Transport, d *dialer, settings *tls.Config, disabled func(string)) *pool {
	return &pool{
		base: base, tls: settings, dialer: d, disabled: disabled, lifetime: lifetime,
		dials: map[string]*sharedDial{}, hosts: map[string]*host{}, dialed: map[string]*host{}, edges: map[string]*edgeState{},
	}
}

// roundTrip returns a function that sends a request to h on a shared connection that was made after bornAfter. A request
// that the peer refuses unprocessed, also by a GOAWAY, is sent again, up to maxRefused times.
func (p *pool) roundTrip(h *host, bornAfter time.Time) roundTrip {
	return func(req *http.Request, tr *trace) (*http.Response, error) {
		after := bornAfter
		for refused := 0; ; refused++ {
			c, reused, err := p.take(req.Context(), tr, h, after)
			if err != nil {
				return nil, err
			}
			tr.onShared(c.conn, reused)
			resp, err := c.cc.RoundTrip(req)
			p.responded(c)
			if err == nil || req.Context().Err() != nil {
				return resp, err
			}
			switch {
			case isRefused(err):
			case isReset(err): // the peer may have processed it
				return nil, err
			case isUnprocessed(err), c.cc.Err() == nil && err.Error() == unusable:
				after = p.lose(c)
			case c.cc.Err() != nil:
				tr.lost = p.lose(c)
				return nil, err
			default:
				return nil, err
			}
			if refused == maxRefused {
				return nil, err
			}
		}
	}
}

// isRefused reports whether the peer says that it has not processed the request (RFC 9113 §8.7).
func isRefused(err error) bool {
	stream, ok := errors.AsType[http2.StreamError](err)
	return ok && stream.Code == http2.ErrCodeRefusedStream
}

// isReset reports whether the peer ended the stream, and not the connection.
func isReset(err error) bool {
	_, ok := errors.AsType[http2.StreamError](err)
	return ok
}

// unusable is the error for a request that was not sent, because the connection takes no more. net/http exports no value or type
// for it, nor for those of isUnprocessed.
const unusable = "http2: client conn not usable"

// isUnprocessed reports whether a request was above the last stream of a GOAWAY frame: the peer did not look at it (RFC 9113
// §6.8).
func isUnprocessed(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "http2: Transport received ") && strings.Contains(text, "GOAWAY")
}

// isConnectionError reports whether a body could not be read because the connection ended, not because of the response.
func isConnectionError(err error) bool {
	return err != nil && !isReset(err) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
}

func (p *pool) responded(c *sharedConn) {
	p.mu.Lock()
	c.carrying--
	p.mu.Unlock()
}

// lose returns since when a connection takes no more requests. It is the same time for all its requests: one that notices
// late uses the connection that another one has made since.
func (p *pool) lose(c *sharedConn) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.lost.IsZero() {
		c.lost = time.Now()
	}
	return c.lost
}

// take returns a connection with room for h that was made after bornAfter; reused: it was there already.
func (p *pool) take(ctx context.Context, tr *trace, h *host, bornAfter time.Time) (c *sharedConn, reused bool, err error) {
	ownDial := false // the connections of other hosts cannot be used
	failed := 0      // dials of other hosts that were waited for
	for reused = true; ; reused = false {
		c, d, mine, err := p.pick(tr, h, bornAfter, ownDial, true)
		if errors.Is(err, errLookup) {
			if err := p.resolveFor(ctx, tr, h); err != nil {
				return nil, false, err
			}
			c, d, mine, err = p.pick(tr, h, bornAfter, ownDial, false)
		}
		if c != nil || err != nil {
			return c, reused, err
		}
		if mine {
			go p.dial(d, h)
		}
		ended := d.wait(ctx, mine)
		tr.follow(&d.tr)
		switch {
		case ctx.Err() != nil:
			if mine {
				p.abandon(d)
			}
			return nil, false, ctx.Err()
		case !ended:
			return nil, false, errNotShared
		case mine: // also if it is already closed; otherwise a peer that closes each connection would get an endless number
			return d.conn, false, d.err
		case d.err == nil:
			joins, err := p.joins(ctx, tr, h, d.conn)
			if err != nil {
				return nil, false, err
			}
			ownDial = !joins
		default: // the reason may be the other host's name or certificate; a second time its own dial has to say
			if failed++; failed == maxFailedDials {
				return nil, false, errNotShared
			}
		}
	}
}

// abandon gives back the room for a request that no longer waits for its dial.
func (p *pool) abandon(d *sharedDial) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.abandoned = true
	if d.conn != nil {
		d.conn.carrying--
	}
}

// errLookup says that there are connections which h may be allowed to use, but its addresses are not known or old.
var errLookup = errors.New("the host's addresses are needed")

// pick returns a connection with room for h, or a dial to wait for; mine: the caller has to make it. ownDial: h does not
// wait for the dial of another host. lookup: the caller can look up the addresses of h.
func (p *pool) pick(tr *trace, h *host, bornAfter time.Time, ownDial, lookup bool) (c *sharedConn, d *sharedDial, mine bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.closed || p.edge(h.edge).dedicated(now) {
		return nil, nil, false, errNotShared
	}
	p.conns = slices.DeleteFunc(p.conns, func(c *sharedConn) bool { return c.cc.Err() != nil })
	for _, c := range p.conns {
		switch {
		case c.edge != h.edge || !c.born.After(bornAfter):
		case p.fits(h, c):
			if c.hasRoom() {
				c.carrying++
				return c, nil, false, nil
			}
			lookup = false // the addresses are good
		case lookup && h.stale(now):
			err = errLookup
		}
	}
	if err != nil && lookup {
		return nil, nil, false, err
	}
	if d := p.dials[h.edge]; d != nil && !ownDial {
		return nil, d, false, nil
	}
	if len(p.conns)+p.making >= maxShared {
		return nil, nil, false, errNotShared
	}
	d = &sharedDial{done: make(chan struct{})}
	d.tr.begin(tr.report)
	if !ownDial {
		p.dials[h.edge] = d
	}
	p.making++
	p.dialing.Add(1) // here, so that close waits for it
	return nil, d, true, nil
}

// joins reports whether h may use a connection that was made for another host. It looks up the addresses of h if need be.
func (p *pool) joins(ctx context.Context, tr *trace, h *host, c *sharedConn) (bool, error) {
	p.mu.Lock()
	fits, stale := p.fits(h, c), h.stale(time.Now())
	p.mu.Unlock()
	if fits || !stale {
		return fits, nil
	}
	if err := p.resolveFor(ctx, tr, h); err != nil {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fits(h, c), nil
}

// fits reports whether h may use c: its name resolves to the address of c, and the certificate of c is valid for it, or TLS
// is told not to verify. p.mu must be held.
func (p *pool) fits(h *host, c *sharedConn) bool {
	if h.trusted == c {
		return true
	}
	if !slices.Contains(h.addresses, c.address) {
		return false
	}
	if p.tls == nil || !p.tls.InsecureSkipVerify {
		name := h.name
		if p.tls != nil {
			name = cmp.Or(p.tls.ServerName, name)
		}
		if c.certificate.VerifyHostname(name) != nil {
			return false
		}
	}
	h.trusted = c
	return true
}

// closeWhenIdle closes the connection as soon as it carries nothing.
func (c *sharedConn) closeWhenIdle() {
	closeIdle := func(cc *http.ClientConn) {
		if cc.InFlight() == 0 {
			_ = cc.Close()
		}
	}
	c.cc.SetStateHook(closeIdle)
	closeIdle(c.cc)
}
