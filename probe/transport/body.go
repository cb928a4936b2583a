package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
)

// Limits of a response. One that is larger is cut off. Bodies larger than usual are read in one of few slots, so that
// malicious responses to thousands of printers at once stay bounded in memory.
const (
	maxHeader  = 64 << 10 // bytes
	maxBody    = 1 << 20  // bytes, inflated
	maxRest    = 4 << 10  // bytes of a response with another status than 200
	usualBody  = 64 << 10 // bytes; a real one has 1 to 60 KiB
	largeSlots = 16
)

var errTooLarge = errors.New("larger than the limit")

// readBody reads the body of a response with status 200 into buf. Of any other response a little is read, so that the
// connection can be used again; it is kept only where it is judged.
func (t *Transport) readBody(ctx context.Context, resp *http.Response, judged bool, buf *bytes.Buffer, tr *trace) error {
	switch {
	case resp.StatusCode < http.StatusOK: // the body of a 101 is the connection itself, and no deadline ends it
		return nil
	case resp.StatusCode != http.StatusOK && judged:
		_, _ = buf.ReadFrom(io.LimitReader(resp.Body, maxRest))
		return nil
	case resp.StatusCode != http.StatusOK:
		_, _ = io.CopyN(io.Discard, resp.Body, maxRest)
		return nil
	}
	tr.body = boundedReader{from: resp.Body, left: maxBody}
	var body io.Reader = &tr.body
	if resp.Header.Get("Content-Encoding") == "gzip" { // though it was not accepted
		z, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = &boundedReader{from: z, left: maxBody}
	}
	tr.usual = io.LimitedReader{R: body, N: usualBody}
	if _, err := buf.ReadFrom(&tr.usual); err != nil || buf.Len() < usualBody {
		return err
	}
	select {
	case t.large <- struct{}{}:
		defer func() { <-t.large }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tr.allowLarge()
	_, err := buf.ReadFrom(body)
	return err
}

// boundedReader fails where there is more to read than the limit. It bounds what is inflated, and also the compressed
// bytes: gzip can be long and hold nothing.
type boundedReader struct {
	from io.Reader
	left int
	err  error // of from
}

// Read reads up to the limit, and one byte more to notice that it is exceeded.
func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.from.Read(p[:min(len(p), b.left+1)])
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	if b.left -= n; b.left < 0 {
		b.left = 0
		return 0, errTooLarge
	}
	return n, err
}
