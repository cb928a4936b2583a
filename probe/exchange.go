package probe

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"

	"golang.org/x/net/http2"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// giveBack keeps a buffer for the next answer, unless this one was larger than they are.
func giveBack(buf *bytes.Buffer) {
	if buf.Cap() <= usualBody {
		buffers.Put(buf)
	}
}

// exchange sends one request and reads its answer, at most until ctx ends. The body lies in buf. If a shared connection
// dies while it carries the answer, the question is asked once more on one of the host's own: it may be the answer to
// another printer that killed it.
func exchange(ctx context.Context, via http.RoundTripper, req *http.Request, buf *bytes.Buffer) Attempt {
	req = req.WithContext(ctx)
	a, err := exchangeOnce(via, req, buf)
	if err == nil || !a.Shared || a.Phase != Receiving || ctx.Err() != nil || !diedUnder(err) {
		return a
	}
	t, ok := via.(*Transport)
	if !ok {
		return a
	}
	buf.Reset()
	a, err = exchangeOnce(t.alone, req, buf)
	if err != nil && ctx.Err() == nil && diedUnder(err) {
		t.shared.leave(req.URL.Host)
	}
	return a
}

// diedUnder reports whether reading a body failed with err because the connection ended, not because of the answer.
func diedUnder(err error) bool {
	_, reset := errors.AsType[http2.StreamError](err)
	return !reset && !errors.Is(err, errTooLarge)
}

func exchangeOnce(via http.RoundTripper, req *http.Request, buf *bytes.Buffer) (Attempt, error) {
	var tr tracer
	tr.begin(stageWatcher(req.Context()))
	resp, err := carry(via, req, &tr)
	if err != nil {
		return tr.end(err), err
	}
	defer resp.Body.Close()
	tr.reach(Receiving)
	err = readBody(req.Context(), resp, buf, &tr)
	a := tr.end(err)
	a.HTTPStatus = resp.StatusCode
	a.RetryAfter = resp.Header.Get("Retry-After")
	if err == nil {
		a.Body = buf.Bytes()
	}
	return a, err
}

// carry carries a request by whatever way there is, and notes how far it comes.
func carry(via http.RoundTripper, req *http.Request, tr *tracer) (*http.Response, error) {
	if t, ok := via.(*Transport); ok {
		return t.carry(req, tr)
	}
	return carryAlone(via, req, tr)
}
