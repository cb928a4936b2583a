package exporter

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// pipes is a listener of connections in memory, for servers in fake time.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes { return &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.closed) }); return nil }

func (*pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// client is a connection for raw HTTP/1.1.
type client struct {
	net.Conn
	in *bufio.Reader
	t  *testing.T
}

// connect returns a connection that the server has accepted.
func (p *pipes) connect(t *testing.T) *client {
	t.Helper()
	server, end := net.Pipe()
	p.accepted <- server
	t.Cleanup(func() { _ = end.Close() })
	return &client{Conn: end, in: bufio.NewReader(end), t: t}
}

// send writes a text and returns the response.
func (c *client) send(text string) *http.Response {
	c.t.Helper()
	go func() { _, _ = io.WriteString(c, text) }() // a server may respond before it has read everything
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatalf("%.80q: %v", text, err)
	}
	return resp
}

// get requests a path and reads the whole response.
func (c *client) get(path string) (int, string) {
	c.t.Helper()
	resp := c.send("GET " + path + " HTTP/1.1\r\nHost: exporter\r\n\r\n")
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// serving serves an exporter in memory until the test ends.
func serving(t *testing.T, e *Exporter) *pipes {
	t.Helper()
	return servingHandler(t, e.handler, e.options, e.log)
}

func servingHandler(t *testing.T, handler http.Handler, o Options, log *slog.Logger) *pipes {
	t.Helper()
	p := newPipes()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := serveHandler(ctx, p, handler, o, func() {}, log); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return p
}
