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

// passage carries connections between two places: as a proxy that is asked by CONNECT, or to one place whatever is asked. It
// may die, fall silent, or forget.
type passage struct {
	t       *testing.T
	to      string // "" for a proxy
	address string

	mu        sync.Mutex
	listener  net.Listener
	conns     []net.Conn
	carried   int  // connections, so far
	forgotten int  // how many of these lead nowhere any more
	cut       bool // all that is sent goes nowhere; nothing is closed
}

func openPassage(t *testing.T, to string) *passage {
	t.Helper()
	p := &passage{t: t, to: to, address: testkit.FreeAddress(t)}
	p.open()
	t.Cleanup(p.close)
	return p
}

func (p *passage) open() {
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
			go p.carry(c, p.next(c))
		}
	}()
}

// next counts a connection.
func (p *passage) next(c net.Conn) (number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
	p.carried++
	return p.carried
}

func (p *passage) carry(near net.Conn, number int) {
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

// copy carries one direction. What was lost on the way is lost for good, so that a connection that was cut stays silent.
func (p *passage) copy(to, from net.Conn, number int) {
	buf := make([]byte, 32<<10)
	silent := false
	for {
		n, err := from.Read(buf)
		silent = silent || p.swallows(number)
		switch {
		case silent && err != nil:
			return // nobody hears of its end
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

func (p *passage) swallows(number int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut || number <= p.forgotten
}

func (p *passage) setCut(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
}

// forget makes all connections that there are lead nowhere. It gives how many there were so far.
func (p *passage) forget() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgotten = p.carried
	return p.carried
}

func (p *passage) total() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carried
}

// close ends it, and all that it carries.
func (p *passage) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}
