package probe

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// tracer notes how far an exchange came. Its hooks may be called by several goroutines (parallel dials), also after the
// exchange has ended.
type tracer struct {
	mu     sync.Mutex
	over   bool
	a      Attempt
	since  time.Time
	tell   func(Phase)  // what is under way, while it is; nil: nobody watches
	conn   *countedConn // carries the question; nil where it is not one of ours
	dialed int          // connections that were made for it

	carried atomic.Bool // by a connection of its host's own

	// Readers of the answer's body: here, so that they are not made for each question anew.
	body  bounded
	usual io.LimitedReader
}

// tracerKey is where the tracer is found in the context of a question on a connection of its own.
type tracerKey struct{}

// dialsMost is how many connections are made for one question. net/http makes another whenever an edge says that it has
// not looked at the question, at once and as often as it says so.
const dialsMost = 4

var errUnwanted = errors.New("no connection is good enough for the edge")

func (t *tracer) begin(tell func(Phase)) {
	t.tell = tell
	t.a.Phase = Connecting // what is under way when nothing else is told: another request's dial is waited for
	t.since = time.Now()
	if tell != nil {
		tell(Connecting)
	}
}

// reach says that stage s is under way now. Stages are not gone back to, but for the one that is assumed at the beginning.
func (t *tracer) reach(s Phase) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over && (s > t.a.Phase || s == Resolving && t.a.Phase == Connecting) {
		t.step(s)
	}
}

func (t *tracer) step(s Phase) {
	now := time.Now()
	t.a.Durations[t.a.Phase] += now.Sub(t.since)
	t.a.Phase, t.since = s, now
	if t.tell != nil {
		t.tell(s)
	}
}

// end closes the record.
func (t *tracer) end(err error) Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.carriedBy(nil)
	if err == nil {
		t.step(ResponseRead)
		return t.a
	}
	t.step(stageOf(t.a.Phase, err))
	t.a.ErrorKind = causeOf(err)
	return t.a
}

// stage is what is under way.
func (t *tracer) stage() Phase {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.a.Phase
}

// follow takes over what another exchange has come to: it makes the connection that this one waits for.
func (t *tracer) follow(other *tracer) {
	other.mu.Lock()
	made := other.a
	other.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range [...]Phase{Connecting, Handshaking} {
		t.a.Durations[s] += made.Durations[s]
	}
	t.a.Phase, t.since = min(made.Phase, Waiting), time.Now()
	if t.tell != nil {
		t.tell(t.a.Phase)
	}
}

// share says that a shared connection carries the question; waited tells whether it had to be made.
func (t *tracer) share(c *countedConn, waited bool) {
	t.mu.Lock()
	t.a.Reused, t.a.Shared = !waited, true
	t.carriedBy(c)
	t.mu.Unlock()
	t.reach(Waiting)
}

// larger says that the answer turns out to be larger than they usually are.
func (t *tracer) larger() {
	t.mu.Lock()
	c := t.conn
	t.mu.Unlock()
	if c != nil {
		c.larger()
	}
}

// alone says that a connection of the host's own is to carry the question.
func (t *tracer) alone() {
	t.mu.Lock()
	t.a.Shared = false
	t.mu.Unlock()
}

// mayDial reports whether one more connection may be made for the question.
func (t *tracer) mayDial() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dialed++
	return t.dialed <= dialsMost
}

// got says that a connection carries the question from now on. It may be the second one: net/http asks again at once when a
// kept connection ends under a question. (On HTTP/2 only where the edge says that it has not looked at the question.)
func (t *tracer) got(i httptrace.GotConnInfo) {
	if t.carried.Swap(true) && !speaksHTTP2(i.Conn) {
		time.Sleep(breath)
	}
	t.mu.Lock()
	t.a.Reused = i.Reused
	t.carriedBy(below(i.Conn))
	t.mu.Unlock()
	t.reach(Waiting)
}

func speaksHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// carriedBy says which connection carries the question from now on. The caller holds mu.
func (t *tracer) carriedBy(c *countedConn) {
	if t.conn != nil {
		t.conn.answered()
	}
	if t.conn = c; c != nil {
		c.asked()
	}
}

func (t *tracer) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { t.reach(Resolving) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			if i.Err == nil {
				t.reach(Connecting)
			}
		},
		TLSHandshakeStart: func() { t.reach(Handshaking) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				t.reach(Waiting)
			}
		},
		GotConn: t.got,
	}
}
