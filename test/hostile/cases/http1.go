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

// raw is a connection on which a case writes what it likes.
type raw struct {
	relay *Relay
	conn  net.Conn
	in    *bufio.Reader
	err   error
	keep  bool // the answer said how long it is: the connection can carry another one
}

func newRaw(r *Relay, c net.Conn) *raw { return &raw{relay: r, conn: c, in: bufio.NewReader(c)} }

func (w *raw) say(text string) { w.body([]byte(text)) }

func (w *raw) body(b []byte) {
	if w.err == nil {
		_, w.err = w.conn.Write(b)
	}
}

func (w *raw) head(status string, fields ...string) {
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + status + " " + http.StatusText(http.StatusOK) + "\r\n")
	for i := 0; i < len(fields); i += 2 {
		b.WriteString(fields[i] + ": " + fields[i+1] + "\r\n")
		w.keep = w.keep || fields[i] == "content-length"
	}
	b.WriteString("\r\n")
	w.say(b.String())
}

// reset closes with RST in place of FIN, and without TLS's farewell.
func (w *raw) reset() {
	conn := w.conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
	w.err = net.ErrClosed
}

func (w *raw) alive() bool { return w.err == nil && w.relay.ctx.Err() == nil }

func (w *raw) hold() {
	w.keep = false
	_, _ = io.Copy(io.Discard, w.in)
}

// takes reads the head of a request, and tells whether there was one.
func (w *raw) takes() (*http.Request, bool) {
	req, err := http.ReadRequest(w.in)
	return req, err == nil
}

// serveHTTP1 answers one request after the other.
func serveHTTP1(r *Relay, c net.Conn) {
	w := newRaw(r, c)
	for w.alive() {
		req, ok := w.takes()
		if !ok {
			return
		}
		v := &visit{way: w, relay: r, path: req.URL.Path, token: req.Header.Get("Authorization")}
		n, well := r.note(req.Method, v.path)
		v.n = n
		w.keep = false
		if well || r.play.act == nil {
			v.well()
		} else {
			r.play.act(v)
		}
		if !w.keep {
			w.leave()
			return
		}
	}
}

// leave closes the connection when the other side has, or after a moment: closing at once may cost it what was sent last.
func (w *raw) leave() {
	if secure, ok := w.conn.(*tls.Conn); ok && w.err == nil {
		_ = secure.CloseWrite()
		_ = w.conn.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = io.Copy(io.Discard, w.in)
	}
}
