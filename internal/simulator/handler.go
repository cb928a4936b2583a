package simulator

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP responds as the relay does. A reset or a garbage response hijacks an HTTP/1.1 connection; on HTTP/2 it resets
// the stream only, because other requests share the connection. Below /-/sim/ it serves [Relay.Admin].
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.isAdmin(req) {
		http.StripPrefix(adminPath, r.admin).ServeHTTP(w, req)
		return
	}
	x := r.beginRequest(req)
	defer x.finish()
	if sleepContext(req.Context(), x.response.delay) != nil {
		panic(http.ErrAbortHandler)
	}
	x.response.write(w, req)
}

// isAdmin reports whether req is for the relay's own pages. A printer's host does not have them.
func (r *Relay) isAdmin(req *http.Request) bool {
	if !strings.HasPrefix(req.URL.Path, adminPath+"/") {
		return false
	}
	_, addressed := r.printerID(req)
	return !addressed
}

// sleepContext sleeps for d, or returns the context's error if that ends first.
func sleepContext(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write sends the response. It panics with http.ErrAbortHandler if the response is cut short.
func (r httpResponse) write(w http.ResponseWriter, req *http.Request) {
	switch r.kind {
	case noResponse:
		<-req.Context().Done()
		panic(http.ErrAbortHandler)
	case connectionReset, connectionRefused:
		abortConnection(w, nil)
		return
	case garbageBytes:
		abortConnection(w, []byte(nonHTTPBytes))
		return
	}
	r.setHeader(w.Header())
	w.WriteHeader(r.status)
	if r.kind != truncatedBody {
		_, _ = w.Write(r.body) // the client may be gone
		return
	}
	_, _ = w.Write(r.body[:len(r.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

const nonHTTPBytes = "\x16\x03\x03 this is not HTTP\r\n\r\n"

// setHeader sets the header fields of the response.
func (r httpResponse) setHeader(h http.Header) {
	h["Content-Type"] = []string{r.contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(r.body))}
	if r.retryAfter != "" {
		h.Set("Retry-After", r.retryAfter)
	}
	if r.location != "" {
		h.Set("Location", r.location)
	}
}

// abortConnection writes last and closes the connection. If last is empty, the connection is reset.
func abortConnection(w http.ResponseWriter, last []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 and recorders cannot be hijacked
		panic(http.ErrAbortHandler)
	}
	if len(last) > 0 {
		_, _ = conn.Write(last)
		_ = conn.Close()
		return
	}
	if tlsConn, ok := conn.(*tls.Conn); ok {
		conn = tlsConn.NetConn() // no close_notify alert
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close with RST instead of FIN
	}
	_ = conn.Close()
}
