package transport

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/probe"
)

// trace records how far an exchange came and how long its phases took. Its hooks may be called by several goroutines
// (net.Dialer tries addresses in parallel), also after the exchange has ended.
type trace struct {
	mu      sync.Mutex
	ended   bool
	attempt probe.Attempt
	since   time.Time
	report  func(probe.Phase) // called when a phase begins; may be nil
	conn    *conn             // carries the request; nil where it is not one of ours
	dials   int               // connections that were made for the request

	carried atomic.Bool // by a dedicated connection

	lost time.Time // since when the shared connection that carried the request is lost; zero: it is not

	// Readers of the body: here, so that they are not allocated per request.
	body  boundedReader
	usual io.LimitedReader
}

// traceKey is the context key of a request's trace.
type traceKey struct{}

// maxDials is how many connections are made for one request. net/http makes another one, immediately, whenever the peer says
// that it has not processed the request.
const maxDials = 4

var errTooManyDials = errors.New("too many connections for one request")

func (t *trace) begin(report func(probe.Phase)) {
	t.report = report
	t.attempt.Phase = probe.Connecting // unless a hook reports another phase: the dial of another request may be waited for
	t.since = time.Now()
	if report != nil {
		report(probe.Connecting)
	}
}

// enter says that a phase begins. Phases do not go back, except to Resolving at the beginning.
func (t *trace) enter(p probe.Phase) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended && (p > t.attempt.Phase || p == probe.Resolving && t.attempt.Phase == probe.Connecting) {
		t.enterLocked(p)
	}
}

func (t *trace) enterLocked(p probe.Phase) {
	now := time.Now()
	t.attempt.Durations[t.attempt.Phase] += now.Sub(t.since)
	t.attempt.Phase, t.since = p, now
	if t.report != nil {
		t.report(p)
	}
}

// end closes the record.
func (t *trace) end(err error) probe.Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.carriedBy(nil)
	if err == nil {
		t.enterLocked(probe.ResponseRead)
		return t.attempt
	}
	t.enterLocked(phaseOf(t.attempt.Phase, err))
	t.attempt.ErrorKind = classify(err)
	if refused, ok := errors.AsType[proxyError](err); ok {
		t.attempt.ProxyStatus = int(refused)
	}
	return t.attempt
}

// follow takes over the phases of a dial that the exchange waited for.
func (t *trace) follow(dial *trace) {
	dial.mu.Lock()
	made := dial.attempt
	if !dial.ended {
		made.Durations[made.Phase] += time.Since(dial.since)
	}
	dial.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	for p, d := range made.Durations {
		if probe.Phase(p) <= probe.Handshaking {
			t.attempt.Durations[p] += d
		}
	}
	t.attempt.Phase, t.since = min(made.Phase, probe.Waiting), time.Now()
	if t.report != nil {
		t.report(t.attempt.Phase)
	}
}

// onShared says that a shared connection carries the request; reused: it was there already.
func (t *trace) onShared(c *conn, reused bool) {
	t.mu.Lock()
	t.attempt.Reused, t.attempt.Shared = reused, true
	t.carriedBy(c)
	t.mu.Unlock()
	t.enter(probe.Waiting)
}

// allowLarge says that the body is larger than usual.
func (t *trace) allowLarge() {
	t.mu.Lock()
	c := t.conn
	t.mu.Unlock()
	if c != nil {
		c.allowLarge()
	}
}

// mayDial reports whether one more connection may be made for the request.
func (t *trace) mayDial() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dials++
	return t.dials <= maxDials
}

// gotConn says which dedicated connection carries the request. It may be the second one: net/http sends a request again when
// a reused connection of HTTP/1.1 fails. The peer gets time to notice the end of the first.
func (t *trace) gotConn(i httptrace.GotConnInfo) {
	if t.carried.Swap(true) && !speaksHTTP2(i.Conn) {
		time.Sleep(retryDelay)
	}
	t.mu.Lock()
	t.attempt.Reused = i.Reused
	t.carriedBy(connBelow(i.Conn))
	t.mu.Unlock()
	t.enter(probe.Waiting)
}

func speaksHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// carriedBy says which connection carries the request from now on. t.mu must be held.
func (t *trace) carriedBy(c *conn) {
	if t.conn != nil {
		t.conn.responseRead()
	}
	if t.conn = c; c != nil {
		c.requestSent()
		t.attempt.IPProtocol = c.ipProtocol
	}
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { t.enter(probe.Resolving) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			if i.Err == nil {
				t.enter(probe.Connecting)
			}
		},
		TLSHandshakeStart: func() { t.enter(probe.Handshaking) },
		GotConn:           t.gotConn,
	}
}
