package simulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"syscall"
)

// Transport returns a RoundTripper that responds in process, without a socket or a goroutine, also in testing/synctest.
// It obeys the request's context, reports each phase to httptrace as a reused HTTP/2 connection does (without a
// net.Conn), and returns the same errors as net/http's transport.
func (r *Relay) Transport() http.RoundTripper { return transport{r} }

type transport struct{ relay *Relay }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	trace := httptrace.ContextClientTrace(ctx)
	if t.relay.isUnreachable(req) {
		return nil, refusedError(trace, req.URL.Host)
	}
	traceSent(trace, req.URL.Host)
	x := t.relay.beginRequest(req)
	defer x.finish()
	if err := sleepContext(ctx, x.response.delay); err != nil {
		return nil, err
	}
	return x.response.roundTripResult(ctx, trace, req)
}

// isUnreachable reports whether nothing listens at the address of the requested printer.
func (r *Relay) isUnreachable(req *http.Request) bool {
	to := r.destination(req)
	if to.isService || to.printer == nil {
		return false
	}
	f, err := r.ActiveFault(to.printer.Name)
	return err == nil && f == Unreachable
}

// roundTripResult returns the response, or the error of a failed connection.
func (r httpResponse) roundTripResult(ctx context.Context, trace *httptrace.ClientTrace, req *http.Request) (*http.Response, error) {
	switch r.kind {
	case noResponse:
		<-ctx.Done()
		return nil, ctx.Err()
	case connectionReset:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	case garbageBytes:
		return nil, errors.New("net/http: HTTP/1.x transport connection broken: malformed HTTP response")
	}
	if trace != nil && trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	var body io.Reader = bytes.NewReader(bytes.Clone(r.body))
	if r.kind == truncatedBody {
		body = io.MultiReader(io.LimitReader(body, int64(len(r.body)/2)), truncatedReader{})
	}
	resp := &http.Response{
		Status: http.StatusText(r.status), StatusCode: r.status, Proto: "HTTP/2.0", ProtoMajor: 2,
		Header: http.Header{}, Body: io.NopCloser(body), ContentLength: int64(len(r.body)), Request: req,
	}
	r.setHeader(resp.Header)
	return resp, nil
}

// truncatedReader is the end of a truncated body.
type truncatedReader struct{}

// Read always fails.
func (truncatedReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// refusedError reports a refused connection to the trace, and returns its error.
func refusedError(trace *httptrace.ClientTrace, host string) error {
	err := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if trace == nil {
		return err
	}
	if trace.GetConn != nil {
		trace.GetConn(host)
	}
	if trace.ConnectStart != nil {
		trace.ConnectStart("tcp", host)
	}
	if trace.ConnectDone != nil {
		trace.ConnectDone("tcp", host, err)
	}
	return err
}

// traceSent reports to the trace that the request was sent on a reused connection.
func traceSent(trace *httptrace.ClientTrace, host string) {
	if trace == nil {
		return
	}
	if trace.GetConn != nil {
		trace.GetConn(host)
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
	}
	if trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}
