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

// ServeHTTP answers as the relay does. A reset or garbled answer takes over the connection on HTTP/1.1; on HTTP/2 it
// resets the stream, for the connection carries others too. Below /-/sim/ it is [Relay.Admin].
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

// isAdmin reports whether a request goes to the relay's own pages: no printer has such a path.
func (r *Relay) isAdmin(req *http.Request) bool {
	if !strings.HasPrefix(req.URL.Path, adminPath+"/") {
		return false
	}
	_, addressed := r.printerID(req)
	return !addressed
}

// pause waits, or gives the context's error when that ends first.
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

// write sends the answer in its way. It panics with http.ErrAbortHandler where the answer ends early.
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

// header sets the header fields of an answer.
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

// breakOff ends the connection after some last words; without any it is reset.
func abortConnection(w http.ResponseWriter, last []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 and recorders have no connection to give away
		panic(http.ErrAbortHandler)
	}
	if len(last) > 0 {
		_, _ = conn.Write(last)
		_ = conn.Close()
		return
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn() // no farewell in TLS either
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close with RST in place of FIN
	}
	_ = conn.Close()
}
