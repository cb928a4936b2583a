package cases

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// rawConn is a connection on which a case can write any bytes.
type rawConn struct {
	server    *Server
	conn      net.Conn
	in        *bufio.Reader
	err       error
	keepAlive bool // the response has a length, so that another request can follow
}

func newRawConn(r *Server, c net.Conn) *rawConn {
	return &rawConn{server: r, conn: c, in: bufio.NewReader(c)}
}

// rawConn returns the connection of a case that runs before TLS or on HTTP/1.1.
func (v *exchange) rawConn() *rawConn { return v.responseWriter.(*rawConn) }

func (w *rawConn) writeString(text string) { w.writeBody([]byte(text)) }

func (w *rawConn) writeBody(b []byte) {
	if w.err == nil {
		_, w.err = w.conn.Write(b)
	}
}

func (w *rawConn) writeHead(status string, fields ...string) {
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + status + " " + http.StatusText(http.StatusOK) + "\r\n")
	for i := 0; i < len(fields); i += 2 {
		b.WriteString(fields[i] + ": " + fields[i+1] + "\r\n")
		w.keepAlive = w.keepAlive || fields[i] == "content-length"
	}
	b.WriteString("\r\n")
	w.writeString(b.String())
}

// reset closes the connection with RST instead of FIN, and without a close_notify alert.
func (w *rawConn) reset() {
	conn := w.conn
	if tlsConn, ok := conn.(*tls.Conn); ok {
		conn = tlsConn.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
	w.err = net.ErrClosed
}

func (w *rawConn) isConnected() bool { return w.err == nil && w.server.ctx.Err() == nil }

func (w *rawConn) waitForClient() {
	w.keepAlive = false
	_, _ = io.Copy(io.Discard, w.in)
}

// readRequest reads the head of a request. It returns false at the end of the connection.
func (w *rawConn) readRequest() (*http.Request, bool) {
	req, err := http.ReadRequest(w.in)
	return req, err == nil
}

// serveHTTP1 serves one request after the other.
func serveHTTP1(r *Server, c net.Conn) {
	w := newRawConn(r, c)
	for w.isConnected() {
		req, ok := w.readRequest()
		if !ok {
			return
		}
		v := &exchange{responseWriter: w, server: r, path: req.URL.Path, authorization: req.Header.Get("Authorization")}
		n, healthy := r.recordRequest(req.Method, v.path)
		v.number = n
		w.keepAlive = false
		if healthy || r.hostileCase.respond == nil {
			v.respondHealthy()
		} else {
			r.hostileCase.respond(v)
		}
		if !w.keepAlive {
			w.closeGracefully()
			return
		}
	}
}

// closeGracefully waits until the client has closed the connection, for one second at most. Closing earlier could discard
// what was sent last.
func (w *rawConn) closeGracefully() {
	if tlsConn, ok := w.conn.(*tls.Conn); ok && w.err == nil {
		_ = tlsConn.CloseWrite()
		_ = w.conn.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = io.Copy(io.Discard, w.in)
	}
}
