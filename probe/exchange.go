package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"golang.org/x/net/http2"
)

var errTooLarge = errors.New("larger than is allowed")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// exchange sends one request and reads its answer, at most until ctx ends. The body lies in buf. If a shared connection
// dies while it carries the answer, the question is asked once more: that says nothing of the printer.
func exchange(ctx context.Context, via http.RoundTripper, req *http.Request, buf *bytes.Buffer) Attempt {
	req = req.WithContext(ctx)
	a, err := exchangeOnce(via, req, buf)
	if err == nil || !a.Shared || a.Stage != Receiving || ctx.Err() != nil || !diedUnder(err) {
		return a
	}
	buf.Reset()
	a, _ = exchangeOnce(via, req, buf)
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
	err = readBody(resp, buf)
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
