package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// forwarder forwards connections: as an HTTP proxy (CONNECT), or to one address. It can be closed, drop all data, or drop
// existing connections silently.
type forwarder struct {
	t       *testing.T
	to      string // "": proxy
	address string

	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
	accepted int  // number of connections so far
	dropped  int  // number of these that carry nothing any more
	cut      bool // no data is forwarded; connections stay open
}

func openForwarder(t *testing.T, to string) *forwarder {
	t.Helper()
	p := &forwarder{t: t, to: to, address: testkit.FreeAddress(t)}
	p.open()
	t.Cleanup(p.close)
	return p
}

func (p *forwarder) open() {
	p.t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.listener = l
	p.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.forward(c, p.next(c))
		}
	}()
}

// next registers a connection.
func (p *forwarder) next(c net.Conn) (number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
	p.accepted++
	return p.accepted
}

func (p *forwarder) forward(near net.Conn, number int) {
	to := p.to
	if to == "" {
		buf := make([]byte, 4<<10)
		n, err := near.Read(buf)
		line := strings.Fields(string(buf[:n]))
		if err != nil || len(line) < 2 || line[0] != http.MethodConnect {
			_ = near.Close()
			return
		}
		to = line[1]
	}
	far, err := new(net.Dialer).Dial("tcp", to)
	if err != nil {
		_ = near.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, far)
	p.mu.Unlock()
	if p.to == "" {
		_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	}
	go p.copy(far, near, number)
	p.copy(near, far, number)
}

// copy forwards one direction. A connection that has lost data stays silent.
func (p *forwarder) copy(to, from net.Conn, number int) {
	buf := make([]byte, 32<<10)
	silent := false
	for {
		n, err := from.Read(buf)
		silent = silent || p.drops(number)
		switch {
		case silent && err != nil:
			return // its end is not forwarded, either
		case silent:
			continue
		case err != nil:
			_ = to.Close()
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (p *forwarder) drops(number int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut || number <= p.dropped
}

func (p *forwarder) setCut(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
}

// dropExisting makes all existing connections silent. It returns the number of connections so far.
func (p *forwarder) dropExisting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropped = p.accepted
	return p.accepted
}

func (p *forwarder) total() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// close closes the listener and all connections.
func (p *forwarder) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}
