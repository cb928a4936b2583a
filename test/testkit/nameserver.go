package testkit

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// NameServer is a name server in this process. It serves until its test ends.
type NameServer struct {
	Hangs     atomic.Bool         // it does not respond
	addresses map[string][]string // by name

	mu      sync.Mutex // guards ended
	ended   bool
	stop    chan struct{} // closed when ended
	servers sync.WaitGroup
}

// NewNameServer returns a name server that has these addresses by name. Other names do not exist.
func NewNameServer(t testing.TB, addresses map[string][]string) *NameServer {
	n := &NameServer{addresses: addresses, stop: make(chan struct{})}
	t.Cleanup(func() {
		n.mu.Lock()
		n.ended = true
		n.mu.Unlock()
		close(n.stop)
		n.servers.Wait()
	})
	return n
}

// Resolver returns a resolver that uses the name server.
func (n *NameServer) Resolver() *net.Resolver { return &net.Resolver{PreferGo: true, Dial: n.dial} }

// dial connects to the name server, by TCP (RFC 1035 §4.2.2).
func (n *NameServer) dial(context.Context, string, string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ended {
		return nil, net.ErrClosed
	}
	client, server := net.Pipe()
	n.servers.Go(func() {
		defer server.Close()
		for {
			var size [2]byte
			if _, err := io.ReadFull(server, size[:]); err != nil {
				return
			}
			query := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(server, query); err != nil {
				return
			}
			if reply := n.resolve(query); reply != nil {
				_, _ = server.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
			}
		}
	})
	n.servers.Go(func() { <-n.stop; _ = server.Close() })
	return client, nil
}

// resolve returns the response to a query, nil if there is none.
func (n *NameServer) resolve(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 || n.Hangs.Load() {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	found := n.addresses[q.Name.String()[:q.Name.Length-1]]
	if found == nil {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range found {
		a := netip.MustParseAddr(text)
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}
