package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// Transport makes the connections that all targets with the same settings use. Where it can, it has all printers share a
// few HTTP/2 connections; else each host has its own. Redirects are not its business, and nobody else follows them: the
// headers would travel along.
type Transport struct {
	alone  *http.Transport
	shared *sharing          // nil: every host has connections of its own
	open   atomic.Int64      // connections
	ended  func(edge string) // told when an edge turns out not to bear sharing; may be nil
}

// Bounds of the connections that hosts have of their own.
const (
	idlePerHost = 64
	idleInAll   = 4096
	idleFor     = 5 * time.Minute // longer than most intervals: a handshake a probe is what costs
)

// NewTransport makes a transport. Behind a proxy connections are not shared: it is the proxy that resolves names.
func NewTransport(s Settings) *Transport {
	t := &Transport{}
	t.alone = t.base(s)
	if !s.DisableSharing && s.Proxy == nil {
		t.shared = newSharing(t.base(s), serverName(s))
	}
	return t
}

// base is what both kinds of connections have in common.
func (t *Transport) base(s Settings) *http.Transport {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		secure = s.TLS.Clone()
	}
	secure.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	base := &http.Transport{
		Proxy:                  s.Proxy,
		DialContext:            t.dial,
		TLSClientConfig:        secure,
		Protocols:              new(http.Protocols),
		MaxIdleConns:           idleInAll,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleFor,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // an answer is about 900 bytes
		// Without pings a connection that died silently is used again and again. A shared one must be found dead early
		// enough for its questions to be repeated within their time.
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: 4 * time.Second, PingTimeout: 2 * time.Second,
			// Each printer's name and token are others: a table of what was sent before only turns over.
			MaxEncoderHeaderTableSize: 1,
			// What has come of an answer and is not read yet is in memory. (The connection's own bound stays as it is:
			// answers that are not read would hold up all others.)
			MaxReceiveBufferPerStream: 2 * usualBody,
		},
	}
	if s.ProxyHeader != nil {
		base.ProxyConnectHeader = s.ProxyHeader()
	}
	base.Protocols.SetHTTP1(true)
	base.Protocols.SetHTTP2(true)
	return base
}

func serverName(s Settings) string {
	if s.TLS == nil {
		return ""
	}
	return s.TLS.ServerName
}

// dial makes a connection that is counted. A shared connection is made to the address that it stands for.
func (t *Transport) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if tr, ok := ctx.Value(tracerKey{}).(*tracer); ok && !tr.mayDial() {
		return nil, errUnwanted
	}
	to, shared := ctx.Value(sharedKey{}).(*sharedConn)
	if shared {
		address = to.address.String()
	}
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if causeOf(err) == OutOfDescriptors {
		t.closeIdle() // what carries nothing gives way
		c, err = new(net.Dialer).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	conn := counted(direct(c), &t.open)
	if shared {
		to.conn = conn
		return gather(conn), nil
	}
	return conn, nil
}

// sharedKey is where a shared connection is found in the context of its dial.
type sharedKey struct{}

// Open is the number of connections that are open.
func (t *Transport) Open() int { return int(t.open.Load()) }

// closeIdle ends the connections of single hosts that carry nothing.
func (t *Transport) closeIdle() { t.alone.CloseIdleConnections() }

// Close ends all connections that carry nothing, and lets the others end when they have. Nothing new is shared.
func (t *Transport) Close() {
	t.closeIdle()
	if t.shared != nil {
		t.shared.close()
	}
}

// wait waits until no shared connection is being made any more.
func (t *Transport) wait() {
	if t.shared != nil {
		t.shared.dialing.Wait()
	}
}

// RoundTrip makes Transport an http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var tr tracer
	tr.begin(stageWatcher(req.Context()))
	return t.carry(req, &tr)
}

// carry carries a request on a shared connection where it may, and notes how far it comes.
func (t *Transport) carry(req *http.Request, tr *tracer) (*http.Response, error) {
	if t.shared == nil || req.URL.Scheme != "https" || !t.shared.mayShare(req.URL) {
		return carryAlone(t.alone, req, tr)
	}
	resp, err := t.shared.carry(req, tr)
	switch {
	case errors.Is(err, errNotShared):
		return carryAlone(t.alone, req, tr)
	case errors.Is(err, errDiedAgain):
		return t.carryBereft(req, tr, err)
	case err == nil && resp.StatusCode == http.StatusMisdirectedRequest:
		_ = resp.Body.Close()
		t.shared.leave(req.URL.Host)
		return carryAlone(t.alone, req, tr)
	}
	return resp, err
}

// carryBereft carries a request alone after two shared connections died under it: it may be the answer to another printer
// that kills them. If its own dies as well, its host is the one, and is kept apart from the others.
func (t *Transport) carryBereft(req *http.Request, tr *tracer, err error) (*http.Response, error) {
	select {
	case t.shared.bereft <- struct{}{}:
		defer func() { <-t.shared.bereft }()
	default:
		return nil, err // so many at once: it is the edge
	}
	resp, err := carryAlone(t.alone, req, tr)
	if err != nil && req.Context().Err() == nil {
		t.shared.leave(req.URL.Host)
	}
	return resp, err
}

// carryAlone carries a request on a connection of its host's own.
func carryAlone(via http.RoundTripper, req *http.Request, tr *tracer) (*http.Response, error) {
	tr.alone()
	ctx := context.WithValue(req.Context(), tracerKey{}, tr)
	return via.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, tr.hooks())))
}
