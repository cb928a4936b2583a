package transport

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// printer is a target and the transport that reaches it.
type printer struct {
	probe.Target
	transport probe.Sender
}

// send sends a request and judges its response, as a fleet does.
func (p printer) send(ctx context.Context, r probe.Request) (result probe.Result) {
	sent := time.Now()
	limited, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	p.transport.Send(limited, probe.Exchange{Request: p.NewRequest(r), Judge: func(a probe.Attempt) bool {
		result = p.Result(r, sent, time.Since(sent), a)
		return result.FromAPI()
	}})
	return result
}

// newTransport returns a transport that the end of the test closes; dedicated: it shares no connections.
func newTransport(t *testing.T, s probe.Settings, dedicated bool) *Transport {
	transport := New(s, Options{DisableSharing: dedicated})
	t.Cleanup(transport.Close)
	return transport
}

// names is a name server: addresses by host. Other hosts do not exist.
type names map[string][]string

func (n names) lookup(_ context.Context, _, host string) (found []netip.Addr, err error) {
	for _, a := range n[host] {
		found = append(found, netip.MustParseAddr(a))
	}
	if found == nil {
		return nil, &net.DNSError{Name: host, IsNotFound: true}
	}
	return found, nil
}

// use makes the transport resolve names by n.
func (n names) use(transport *Transport) { transport.dialer.lookup = n.lookup }
