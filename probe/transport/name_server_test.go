package transport

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// testNetwork is what a transport sees of the network: a name server, and addresses of this machine that may not respond.
type testNetwork struct {
	mu        sync.Mutex
	addresses map[string][]string // by host
	silent    map[string]bool     // addresses that do not respond to connections
	hangs     bool                // the name server does not respond
	dialed    []string            // addresses, in order
	servers   sync.WaitGroup
	ended     chan struct{}
}

// newTestNetwork returns the network of a transport, whose own dialer and lookups are used.
func newTestNetwork(t *testing.T, transport *Transport, addresses map[string][]string) *testNetwork {
	n := &testNetwork{addresses: addresses, silent: map[string]bool{}, ended: make(chan struct{})}
	resolver := &net.Resolver{PreferGo: true, Dial: n.dialNameServer}
	transport.dialer.Resolver, transport.dialer.ControlContext = resolver, n.control
	if transport.shared != nil {
		transport.shared.lookup = resolver.LookupNetIP
	}
	t.Cleanup(func() { close(n.ended); n.servers.Wait() })
	return n
}

// control is called before a connection is made. Connections to silent addresses time out.
func (n *testNetwork) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	at := netip.MustParseAddrPort(address).Addr().String()
	n.mu.Lock()
	n.dialed = append(n.dialed, at)
	silent := n.silent[at]
	n.mu.Unlock()
	if silent {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// set changes what the network does.
func (n *testNetwork) set(hangs bool, silent ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hangs, n.silent, n.dialed = hangs, map[string]bool{}, nil
	for _, a := range silent {
		n.silent[a] = true
	}
}

// dialNameServer connects to the name server, by TCP (RFC 1035 §4.2.2).
func (n *testNetwork) dialNameServer(context.Context, string, string) (net.Conn, error) {
	select {
	case <-n.ended:
		return nil, net.ErrClosed
	default:
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
	n.servers.Go(func() { <-n.ended; _ = server.Close() })
	return client, nil
}

// resolve returns the response to a query, nil if there is none.
func (n *testNetwork) resolve(query []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 || n.hangs {
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
