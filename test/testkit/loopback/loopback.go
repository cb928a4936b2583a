// Package loopback finds addresses of this machine for processes that get their listen address as an argument: in tests and load tests.
package loopback

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
)

// Ports among which one is looked for. None of them is given to connections that go out (on Linux those have 32768 and
// above, elsewhere 49152 and above), which could take it before the process listens.
const (
	firstPort = 20000
	lastPort  = 32767
)

// Free returns an address, with its port, at which nothing listens. By chance another process may listen there before the
// caller does.
func Free(ctx context.Context) (address string, err error) {
	for range 100 {
		port := firstPort + rand.N(uint16(lastPort-firstPort+1))
		address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port).String()
		var l net.Listener
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", err
}
