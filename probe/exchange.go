package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

var errTooLarge = errors.New("larger than is allowed")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// exchange sends one request and reads its answer, at most until ctx ends. The body lies in buf.
func exchange(ctx context.Context, via http.RoundTripper, req *http.Request, buf *bytes.Buffer) Attempt {
	var tr tracer
	tr.begin()
	resp, err := via.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, tr.hooks())))
	if err != nil {
		return tr.end(err)
	}
	defer resp.Body.Close()
	tr.reach(Receiving)
	err = readBody(resp, buf)
	a := tr.end(err)
	a.HTTPStatus = resp.StatusCode
	a.RetryAfter = resp.Header.Get("Retry-After")
	if err == nil {
		a.Body = buf.Bytes()
	}
	return a
}

// readBody reads the body of a good answer. The body of any other one says nothing; a little of it is read, so that the
// connection can be used again.
func readBody(resp *http.Response, buf *bytes.Buffer) error {
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
		return nil
	}
	var body io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" { // nobody asked for it
		z, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = z
	}
	n, err := buf.ReadFrom(io.LimitReader(body, maxBody+1))
	if err == nil && n > maxBody {
		err = errTooLarge
	}
	return err
}

// tracer notes how far an exchange came. Its hooks may be called by several goroutines (parallel dials), also after the
// exchange has ended.
type tracer struct {
	mu    sync.Mutex
	over  bool
	a     Attempt
	since time.Time
}

func (t *tracer) begin() {
	t.a.Stage = Connecting // what is under way when nothing else is told: another request's dial is waited for
	t.since = time.Now()
}

// reach says that stage s is under way now. Stages are not gone back to, but for the one that is assumed at the beginning.
func (t *tracer) reach(s Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over && (s > t.a.Stage || s == Resolving && t.a.Stage == Connecting) {
		t.step(s)
	}
}

func (t *tracer) step(s Stage) {
	now := time.Now()
	t.a.Phases[t.a.Stage] += now.Sub(t.since)
	t.a.Stage, t.since = s, now
}

// end closes the record.
func (t *tracer) end(err error) Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if err == nil {
		t.step(Answered)
		return t.a
	}
	t.step(stageOf(t.a.Stage, err))
	t.a.Cause = causeOf(err)
	return t.a
}

func (t *tracer) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { t.reach(Resolving) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			if i.Err == nil {
				t.reach(Connecting)
			}
		},
		TLSHandshakeStart: func() { t.reach(Securing) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				t.reach(Waiting)
			}
		},
		GotConn: func(i httptrace.GotConnInfo) {
			t.mu.Lock()
			t.a.Reused = i.Reused
			t.mu.Unlock()
			t.reach(Waiting)
		},
	}
}
