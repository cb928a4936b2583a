package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
)

// Bounds of the memory that bodies take: one that is larger than any real one is read in one of few places, so that
// relays may be hostile to thousands of printers at once.
const (
	usualBody = 64 << 10 // bytes; a real one has 1 to 60 KiB
	largeMost = 16
)

var (
	errTooLarge = errors.New("larger than is allowed")
	large       = make(chan struct{}, largeMost)
)

// readBody reads the body of a good answer. The body of any other one says nothing; a little of it is read, so that the
// connection can be used again.
func readBody(ctx context.Context, resp *http.Response, buf *bytes.Buffer, tr *tracer) error {
	switch {
	case resp.StatusCode < http.StatusOK: // of 101: it is the connection itself, and no deadline ends it
		return nil
	case resp.StatusCode != http.StatusOK:
		_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
		return nil
	}
	tr.body = bounded{from: resp.Body, left: maxBody}
	var body io.Reader = &tr.body
	if resp.Header.Get("Content-Encoding") == "gzip" { // nobody asked for it
		z, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = &bounded{from: z, left: maxBody}
	}
	tr.usual = io.LimitedReader{R: body, N: usualBody}
	if _, err := buf.ReadFrom(&tr.usual); err != nil || buf.Len() < usualBody {
		return err
	}
	select {
	case large <- struct{}{}:
		defer func() { <-large }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tr.larger()
	_, err := buf.ReadFrom(body)
	return err
}

// bounded fails where there is more to read than is allowed. It bounds what is inflated and also what that is made from:
// gzip can be long and hold nothing.
type bounded struct {
	from io.Reader
	left int
}

// Read reads at most what is allowed, and one byte more to know.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		b.left = 0
		return 0, errTooLarge
	}
	return n, err
}
