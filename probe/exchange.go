package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

var errTooLarge = errors.New("larger than is allowed")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// exchange sends one request and reads its answer, at most until ctx ends. The body lies in buf.
func exchange(ctx context.Context, via http.RoundTripper, req *http.Request, buf *bytes.Buffer) Attempt {
	var tr tracer
	tr.begin()
	resp, err := carry(via, req.WithContext(ctx), &tr)
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
