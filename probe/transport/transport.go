// Package transport sends requests to printers and reports what happened on the wire. Printers of an edge share HTTP/2
// connections where that is allowed (RFC 9113 §9.1.1); the rest is a plain http.Transport: dialing, TLS, proxies, idle
// connections. It has no opinion about a response: package probe judges.
package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/probe"
)

// Options are the same for all settings. The zero value is the default.
type Options struct {
	DisableSharing  bool              // each host has dedicated connections
	RoundTripper    http.RoundTripper // is used instead of the network
	SharingDisabled func(edge string) // is called when sharing ends for an edge whose responses differ on dedicated connections; may be nil
}

// Transport makes the connections of all targets with the same settings. Redirects are not followed: headers with
// credentials would travel along.
type Transport struct {
	dedicated http.RoundTripper
	base      *http.Transport // makes all connections; nil where Options.RoundTripper is given
	shared    *pool           // nil: connections are not shared
	dialer    *dialer
	last      lastAddresses
	open      atomic.Int64 // connections

	buffers     sync.Pool     // of bodies
	readBuffers sync.Pool     // of batched reads
	large       chan struct{} // slots for bodies that are larger than usual
	resends     chan struct{} // slots for requests that are sent again on a dedicated connection
	lifetime    context.Context
	cancel      context.CancelFunc
}

// Limits of connections.
const (
	handshakeTimeout = 10 * time.Second
	idlePerHost      = 64
	idleTotal        = 4096
	idleTimeout      = 5 * time.Minute // longer than most intervals: a handshake per probe is what costs
	resendSlots      = 64
)

// New returns a transport for targets with these settings. Behind a proxy connections are not shared: the proxy resolves
// names.
func New(s probe.Settings, o Options) *Transport {
	t := &Transport{
		buffers:     sync.Pool{New: func() any { return new(bytes.Buffer) }},
		readBuffers: sync.Pool{New: newReadBuffer},
		large:       make(chan struct{}, largeSlots),
		resends:     make(chan struct{}, resendSlots),
		dialer:      newDialer(s.IP),
	}
	t.lifetime, t.cancel = context.WithCancel(context.Background())
	if o.RoundTripper != nil {
		t.dedicated = o.RoundTripper
		return t
	}
	t.base = t.newBase(s)
	t.dedicated = t.base
	if !o.DisableSharing && s.Proxy == nil {
		t.shared = newPool(t.lifetime, t.newBase(s), t.dialer, s.TLS, o.SharingDisabled)
	}
	return t
}

// newBase returns what dedicated and shared connections have in common.
func (t *Transport) newBase(s probe.Settings) *http.Transport {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		secure = s.TLS.Clone()
	}
	secure.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	base := &http.Transport{
		Proxy:                  s.Proxy,
		DialContext:            t.dial,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    handshakeTimeout,
		Protocols:              new(http.Protocols),
		MaxIdleConns:           idleTotal,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // a response has about 900 bytes
		OnProxyConnectResponse: checkProxy,
		HTTP2: &http.HTTP2Config{
			// A dead connection must be noticed early enough for its requests to be sent again within their timeout.
			SendPingTimeout: 4 * time.Second, PingTimeout: 2 * time.Second,
			// Each printer has its own host and token: entries of a header table would not be used again.
			MaxEncoderHeaderTableSize: 1,
			// What was received of a response and not read yet is in memory.
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

// dial makes a connection that is counted. It ends with the transport, and when ctx does.
func (t *Transport) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if tr, ok := ctx.Value(traceKey{}).(*trace); ok && !tr.mayDial() {
		return nil, errTooManyDials
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.lifetime, cancel)()
	c, err := t.dialHost(ctx, network, address)
	if classify(err) == probe.OutOfDescriptors {
		t.CloseIdle()
		c, err = t.dialHost(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	counted := newConn(c, &t.open, &t.readBuffers)
	if to, ok := ctx.Value(sharedKey{}).(*sharedConn); ok {
		to.conn = counted
	}
	return counted, nil
}

// dialHost makes a connection to a host, and remembers its address.
func (t *Transport) dialHost(ctx context.Context, network, hostPort string) (net.Conn, error) {
	if t.shared != nil {
		if known, ok := t.shared.known(hostPort); ok {
			c, err := t.dialer.dialKnown(ctx, network, hostPort, known)
			if err == nil {
				t.shared.learn(hostPort, addressOf(c))
			}
			return c, err
		}
	}
	c, err := t.dialer.dialNameOr(ctx, network, hostPort, t.last.of(hostPort))
	if err == nil {
		t.last.learn(hostPort, addressOf(c))
	}
	return c, err
}

// Open is the number of open connections.
func (t *Transport) Open() int { return int(t.open.Load()) }

// Sharing reports of each edge that was used whether its connections are shared.
func (t *Transport) Sharing() map[string]bool {
	if t.shared == nil {
		return nil
	}
	return t.shared.sharing()
}

// CloseIdle closes the dedicated connections that carry nothing.
func (t *Transport) CloseIdle() {
	if t.base != nil {
		t.base.CloseIdleConnections()
	}
}

// Close ends the transport: dials are canceled, connections are closed when they carry no request any more.
func (t *Transport) Close() {
	t.cancel()
	t.CloseIdle()
	if t.shared != nil {
		t.shared.close()
	}
}

// roundTrip sends one request and returns the response's header.
type roundTrip func(req *http.Request, tr *trace) (*http.Response, error)

// onDedicated sends a request on a dedicated connection of its host.
func (t *Transport) onDedicated(req *http.Request, tr *trace) (*http.Response, error) {
	ctx := context.WithValue(req.Context(), traceKey{}, tr)
	return t.dedicated.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, tr.hooks())))
}

// exchange sends the request by send and reads its response into buf. lost is since when the shared connection that carried
// it is lost, zero where it is not.
func (t *Transport) exchange(ctx context.Context, x probe.Exchange, send roundTrip, buf *bytes.Buffer) (a probe.Attempt, lost time.Time, err error) {
	var tr trace
	tr.begin(x.Phase)
	buf.Reset()
	resp, err := send(x.Request.WithContext(ctx), &tr)
	if err != nil {
		return tr.end(err), tr.lost, err
	}
	defer resp.Body.Close()
	tr.enter(probe.Receiving)
	headers := probe.Headers{
		RetryAfter: resp.Header.Get("Retry-After"), Server: resp.Header.Get("Server"), CFMitigated: resp.Header.Get("Cf-Mitigated"),
	}
	err = t.readBody(ctx, resp, probe.MayBeBlockPage(resp.StatusCode, headers), buf, &tr)
	a = tr.end(err)
	a.HTTPStatus, a.Headers = resp.StatusCode, headers
	a.HTTPVersion = [2]uint8{uint8(resp.ProtoMajor), uint8(resp.ProtoMinor)}
	switch {
	case err == nil:
		a.Body = buf.Bytes()
	case a.Shared && isConnectionError(tr.body.err):
		lost = time.Now()
	}
	return a, lost, err
}

// buffer returns an empty buffer; done gives it back, unless the response was larger than usual.
func (t *Transport) buffer() (buf *bytes.Buffer, done func()) {
	buf = t.buffers.Get().(*bytes.Buffer)
	return buf, func() {
		if buf.Cap() <= usualBody {
			t.buffers.Put(buf)
		}
	}
}
