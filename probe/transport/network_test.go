package transport

import (
	"context"
	"net/netip"
	"sync"
	"syscall"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// testNetwork is what a transport sees of the network: a name server, and addresses of this machine that may not respond.
type testNetwork struct {
	names  *testkit.NameServer
	mu     sync.Mutex
	silent map[string]bool // addresses that do not respond to connections
	dialed []string        // addresses, in order
}

// newTestNetwork returns the network of a transport, whose own dialer and lookups are used.
func newTestNetwork(t *testing.T, transport *Transport, addresses map[string][]string) *testNetwork {
	n := &testNetwork{names: testkit.NewNameServer(t, addresses)}
	transport.dialer.lookup, transport.dialer.ControlContext = n.names.Resolver().LookupNetIP, n.control
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

// silence makes these addresses, and no others, not respond.
func (n *testNetwork) silence(silent ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent, n.dialed = map[string]bool{}, nil
	for _, a := range silent {
		n.silent[a] = true
	}
}
