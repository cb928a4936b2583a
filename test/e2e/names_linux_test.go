package e2e

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer resolves every name to one address, or fails.
type nameServer struct {
	address atomic.Pointer[[4]byte]
	swallow atomic.Bool // it does not respond
}

func (n *nameServer) resolveTo(address string) {
	if address == "" {
		n.address.Store(nil)
		return
	}
	a := netip.MustParseAddr(address).As4()
	n.address.Store(&a)
}

// serveNames starts a name server that fails until resolveTo is called.
func serveNames(t *testing.T, address string) *nameServer {
	t.Helper()
	if _, err := exec.LookPath("unshare"); err != nil || os.Geteuid() != 0 || exec.Command("unshare", "--mount", "true").Run() != nil {
		t.Skip("this needs root and mount namespaces")
	}
	conn, err := net.ListenPacket("udp", net.JoinHostPort(address, "53"))
	if err != nil {
		t.Skipf("no name server can be run here: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	n := new(nameServer)
	go func() {
		for buf := make([]byte, 512); ; {
			size, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if n.swallow.Load() || m.Unpack(buf[:size]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			at := n.address.Load()
			switch q := m.Questions[0]; {
			case at == nil:
				m.RCode = dnsmessage.RCodeServerFailure
			case q.Type == dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: *at},
				}}
			}
			if reply, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return n
}
