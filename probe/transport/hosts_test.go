package transport

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// age moves all times that the pool remembers into the past.
func (p *pool) age(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.hosts {
		shift(-d, &h.lookedUp, &h.refreshAt, &h.dedicated)
	}
	for _, e := range p.edges {
		shift(-d, &e.dedicatedUntil, &e.agreed)
	}
}

// shift moves the times that are set.
func shift(d time.Duration, times ...*time.Time) {
	for _, t := range times {
		if !t.IsZero() {
			*t = t.Add(d)
		}
	}
}

// TestNamesAreLookedUpInTheBackground: every ten minutes, and no request waits for it. A lookup that fails changes nothing.
func TestNamesAreLookedUpInTheBackground(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	transport, printers := fleetAt(t, e, manyHosts(2))
	known := manyHosts(2)
	var lookups atomic.Int32
	var failing, slow atomic.Bool
	transport.dialer.lookup = func(ctx context.Context, network, host string) ([]netip.Addr, error) {
		lookups.Add(1)
		if slow.Load() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if failing.Load() {
			return nil, &net.DNSError{Name: host, IsTemporary: true}
		}
		return known.lookup(ctx, network, host)
	}
	first, second := printers["p0.test"], printers["p1.test"]
	for _, step := range []struct {
		name    string
		before  func()
		lookups int32
	}{
		{"the first host dials", func() {}, 1},
		{"again", func() {}, 1},
		{"minutes later", func() { transport.shared.age(lookupInterval) }, 2},
		{"and again", func() {}, 2},
		{"DNS fails", func() { transport.shared.age(lookupInterval); failing.Store(true) }, 3},
		{"DNS still fails", func() { transport.shared.age(10 * lookupInterval) }, 4},
		{"DNS does not respond", func() { transport.shared.age(10 * lookupInterval); slow.Store(true) }, 5},
	} {
		step.before()
		begin := time.Now()
		r := first.send(t.Context(), probe.StatusRequest)
		if took := time.Since(begin); !r.Fault.None() || took > time.Second {
			t.Errorf("%s: %s after %v", step.name, r.Fault.Reason, took)
		}
		for end := time.Now().Add(5 * time.Second); lookups.Load() != step.lookups && time.Now().Before(end); time.Sleep(time.Millisecond) {
		}
		if n := lookups.Load(); n != step.lookups {
			t.Errorf("%s: %d lookups, not %d", step.name, n, step.lookups)
		}
	}
	slow.Store(false)
	failing.Store(false)
	if r := second.send(t.Context(), probe.StatusRequest); !r.Fault.None() || !r.Attempt.Shared || e.connections() != 1 {
		t.Errorf("the second host does not join: %+v", r.Attempt)
	}
}

// TestHostWithoutAddress: its lookup fails, and no other host suffers.
func TestHostWithoutAddress(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	n := manyHosts(2)
	_, printers := fleetAt(t, e, n)
	if r := printers["p0.test"].send(t.Context(), probe.StatusRequest); !r.Fault.None() {
		t.Fatal(r.Fault.Reason)
	}
	delete(n, "p1.test")
	if r := printers["p1.test"].send(t.Context(), probe.StatusRequest); r.Fault != fault.ResolveFailed || r.Attempt.ErrorKind != probe.NoSuchName {
		t.Errorf("%s (%s)", r.Fault.Reason, r.Attempt.ErrorKind)
	}
	if r := printers["p0.test"].send(t.Context(), probe.StatusRequest); !r.Fault.None() {
		t.Errorf("the other host: %s", r.Fault.Reason)
	}
}

// TestEdgeMoves: its old address accepts no connections any more, and DNS has the new one.
func TestEdgeMoves(t *testing.T) {
	old := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	known := manyHosts(15)
	transport, printers := fleetAt(t, old, known)
	expectHealthy(t, printers)
	_, port, _ := net.SplitHostPort(old.Listener.Addr().String())
	fresh := serveEdge(t, []string{"*.test"}, requireCredentials, func(s *httptest.Server) {
		_ = s.Listener.Close()
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.2", port))
		if err != nil {
			t.Skipf("this machine has no second loopback address: %v", err)
		}
		s.Listener = l
	})
	for host := range known {
		known[host] = []string{"127.0.0.2"}
	}
	old.CloseClientConnections()
	old.Close()
	transport.shared.base.TLSClientConfig.RootCAs = fresh.roots
	transport.base.TLSClientConfig.RootCAs = fresh.roots
	transport.shared.age(freshFor)
	expectHealthy(t, printers)
	expectHealthy(t, printers)
	if n := fresh.connections(); n < 1 || n > 1+15 { // those that were in flight on the old connection go on dedicated ones
		t.Errorf("%d connections", n)
	}
	transport.CloseIdle()
	before := fresh.connections()
	expectHealthy(t, printers)
	if n := fresh.connections() - before; n != 0 {
		t.Errorf("%d more connections: connections are not shared again", n)
	}
}

// TestUnusedHostsAreForgotten: reloads with ever new printers do not fill memory.
func TestUnusedHostsAreForgotten(t *testing.T) {
	p := newTransport(t, probe.Settings{}, false).shared
	for i := range 100 {
		p.sharingHost(&url.URL{Host: fmt.Sprint(i)})
	}
	for _, h := range p.hosts {
		h.used = time.Now().Add(-2 * forgetAfter)
	}
	p.swept = time.Now().Add(-2 * forgetAfter)
	if p.sharingHost(&url.URL{Host: "new"}); len(p.hosts) != 1 {
		t.Errorf("%d hosts are remembered", len(p.hosts))
	}
}
