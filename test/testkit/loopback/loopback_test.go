package loopback

import (
	"net"
	"net/netip"
	"testing"
)

// TestFree: it can be listened at, and no connection that goes out is given its port.
func TestFree(t *testing.T) {
	for range 20 {
		address, err := Free(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil || !at.Addr().IsLoopback() || at.Port() < firstPort || at.Port() > lastPort {
			t.Errorf("%s, %v", address, err)
		}
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
