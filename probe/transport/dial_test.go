package transport

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

const live, silentIPv4, silentIPv6 = "127.0.0.1", "127.0.0.2", "::1"

// dialTest is a printer at an edge at the address live, on a test network.
type dialTest struct {
	*testing.T
	printer
	edge      *edgeServer
	transport *Transport
	network   *testNetwork
}

func newDialTest(t *testing.T, dedicated bool, addresses ...string) *dialTest {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	transport := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, dedicated)
	n := newTestNetwork(t, transport, map[string][]string{"a.test": addresses})
	return &dialTest{t, printersAt(e, names{"a.test": nil}, transport)["a.test"], e, transport, n}
}

// expectWithin sends a request, which has to succeed on a connection that is made within some time.
func (d *dialTest) expectWithin(limit time.Duration, dialed ...string) {
	d.Helper()
	d.edge.CloseClientConnections()
	for end := time.Now().Add(patience); d.transport.Open() > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	begin := time.Now()
	r := d.send(d.Context(), probe.StatusRequest)
	if took := time.Since(begin); !r.Fault.None() || r.Attempt.Reused || took > limit {
		d.Errorf("%s (%s at %s) after %v", r.Fault.Reason, r.Attempt.ErrorKind, r.Attempt.Phase, took)
	}
	d.network.mu.Lock()
	defer d.network.mu.Unlock()
	for _, a := range dialed {
		if !slices.Contains(d.network.dialed, a) {
			d.Errorf("%s was not tried: %q", a, d.network.dialed)
		}
	}
}

// lookUp looks up all addresses of the host, as happens in the background.
func (d *dialTest) lookUp() {
	d.Helper()
	h := d.transport.shared.sharingHost(d.NewRequest(probe.StatusRequest).URL)
	d.transport.shared.resolve(d.Context(), h)
	if len(h.addresses) != 2 {
		d.Fatalf("the host has %v", h.addresses)
	}
}

// TestFirstDialWithASilentAddress: the host has two addresses, of which the first does not respond.
func TestFirstDialWithASilentAddress(t *testing.T) {
	for name, dedicated := range map[string]bool{"shared": false, "dedicated": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDialTest(t, dedicated, silentIPv4, live)
			d.network.silence(silentIPv4)
			d.expectWithin(time.Second, silentIPv4, live)
		})
		t.Run(name+" IPv6", func(t *testing.T) {
			t.Parallel()
			d := newDialTest(t, dedicated, silentIPv6, live)
			d.network.silence(silentIPv6)
			d.expectWithin(time.Second, live) // IPv6 is not tried on a machine without it
		})
	}
}

// TestKnownAddressesAreTriedInParallel: of two that are known, one does not respond.
func TestKnownAddressesAreTriedInParallel(t *testing.T) {
	for name, silent := range map[string]string{"IPv4": silentIPv4, "IPv6": silentIPv6} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDialTest(t, false, silent, live)
			d.expectWithin(patience)
			d.lookUp()
			d.network.silence(silent)
			d.expectWithin(time.Second, live)
		})
	}
}

// TestOnlyKnownAddressIsSilent: the other address of the host is not known yet.
func TestOnlyKnownAddressIsSilent(t *testing.T) {
	t.Parallel()
	d := newDialTest(t, false, silentIPv4, live)
	d.expectWithin(patience) // silentIPv4 refuses the connection
	h := d.transport.shared.sharingHost(d.NewRequest(probe.StatusRequest).URL)
	h.addresses = h.addresses[:0]
	d.transport.shared.learn(h.hostPort, netip.AddrPortFrom(netip.MustParseAddr(silentIPv4), h.port))
	d.network.silence(silentIPv4)
	d.expectWithin(3*time.Second, silentIPv4, live)
}

// TestKnownHostNeedsNoNameServer: the connection was lost, and the name server does not respond.
func TestKnownHostNeedsNoNameServer(t *testing.T) {
	for name, dedicated := range map[string]bool{"shared": false, "dedicated": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDialTest(t, dedicated, live)
			d.expectWithin(patience)
			d.network.names.Hangs.Store(true)
			d.expectWithin(time.Second, live)
			if !dedicated {
				d.transport.shared.age(2 * lookupInterval) // a lookup in the background does not delay it either
				d.expectWithin(time.Second, live)
			}
		})
	}
}

// TestLastAddressesAreForgotten: reloads with ever new printers do not fill memory.
func TestLastAddressesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lastAddresses
		a := netip.MustParseAddrPort("127.0.0.1:443")
		for i := range 100 {
			l.learn(fmt.Sprint(i), a)
		}
		time.Sleep(lastAddressFor + time.Second)
		if l.learn("new", a); len(l.last) != 1 || len(l.of("new")) != 1 || l.of("1") != nil {
			t.Errorf("%d hosts are remembered", len(l.last))
		}
	})
}

// TestKnownHostOnAnotherConnection: its known address is not that of the connections that exist. It is dialed when the name
// server does not respond soon.
func TestKnownHostOnAnotherConnection(t *testing.T) {
	t.Parallel()
	d := newDialTest(t, false, live)
	d.expectWithin(patience)
	d.network.names.Hangs.Store(true)
	pool := d.transport.shared
	pool.mu.Lock()
	pool.conns[0].address = netip.MustParseAddrPort("127.0.0.9:443")
	for _, h := range pool.hosts {
		h.trusted = nil
	}
	pool.mu.Unlock()
	begin := time.Now()
	if r := d.send(t.Context(), probe.StatusRequest); !r.Fault.None() || r.Attempt.Reused || time.Since(begin) > 2*time.Second {
		t.Errorf("%s (%s at %s) after %v", r.Fault.Reason, r.Attempt.ErrorKind, r.Attempt.Phase, time.Since(begin))
	}
}
