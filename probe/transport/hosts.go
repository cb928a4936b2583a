package transport

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"octoeverywhere_exporter/probe"
)

// host is what is known of a printer's host. Its fields that change are guarded by the pool's mu.
type host struct {
	name, hostPort string // hostPort always has a port
	port           uint16
	edge           string

	trusted   *sharedConn      // the connection that it was last allowed to use
	addresses []netip.AddrPort // empty: not known yet
	lookedUp  time.Time
	refreshAt time.Time // when they are looked up again in the background
	dedicated time.Time // until when it uses dedicated connections
	used      time.Time
}

// Addresses are looked up when a host first joins a connection, and then in the background every lookupInterval. They are
// old enough for another lookup, where one may help, after freshFor.
const (
	lookupInterval = 10 * time.Minute
	freshFor       = 10 * time.Second
	forgetAfter    = time.Hour // of hosts that are not used any more
)

// stale reports whether another lookup may tell more.
func (h *host) stale(now time.Time) bool { return now.Sub(h.lookedUp) >= freshFor }

// sharingHost returns the host of a URL, nil where it needs dedicated connections.
func (p *pool) sharingHost(u *url.URL) *host {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.hosts[u.Host]
	if !ok {
		p.forget(now)
		h = newHost(u)
		p.hosts[u.Host], p.dialed[h.hostPort] = h, h
	}
	h.used = now
	if p.closed {
		return nil
	}
	if !h.refreshAt.IsZero() && now.After(h.refreshAt) {
		h.refreshAt = now.Add(lookupInterval) // also where the lookup fails
		p.dialing.Go(func() { _ = p.resolve(p.lifetime, h) })
	}
	if now.Before(h.dedicated) || p.edge(h.edge).dedicated(now) {
		return nil
	}
	return h
}

func newHost(u *url.URL) *host {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		port = 443
	}
	return &host{
		name: u.Hostname(), hostPort: net.JoinHostPort(u.Hostname(), strconv.FormatUint(port, 10)), port: uint16(port),
		edge: probe.EdgeName(u),
	}
}

// forget removes hosts that are not used any more: printers that left the configuration. p.mu must be held.
func (p *pool) forget(now time.Time) {
	if now.Sub(p.swept) < forgetAfter {
		return
	}
	p.swept = now
	for key, h := range p.hosts {
		if now.Sub(h.used) > forgetAfter {
			delete(p.hosts, key)
			delete(p.dialed, h.hostPort)
		}
	}
}

// known returns the addresses of a host that are known; false where the host is not that of a printer.
func (p *pool) known(hostPort string) ([]netip.AddrPort, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.dialed[hostPort]
	if !ok {
		return nil, false
	}
	return h.addresses, true // replaced, never changed
}

// learn records an address to which a connection was made after a lookup.
func (p *pool) learn(hostPort string, a netip.AddrPort) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h, ok := p.dialed[hostPort]; ok && !slices.Contains(h.addresses, a) {
		h.addresses = []netip.AddrPort{a} // the other ones are looked up when they are needed
		if h.refreshAt.IsZero() {
			h.refreshAt = time.Now().Add(lookupInterval)
		}
	}
}

// resolveFor looks up the addresses of a host while a request waits for them. It fails where none are known afterwards, and when
// ctx ends. Where some are known already it does not wait for a name server that is slow: they can be dialed.
func (p *pool) resolveFor(ctx context.Context, tr *trace, h *host) error {
	tr.enter(probe.Resolving)
	p.mu.Lock()
	known := len(h.addresses) > 0
	p.mu.Unlock()
	limited := ctx
	if known {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, fallbackDelay)
		defer cancel()
	}
	if err := p.resolve(limited, h); err != nil && (!known || ctx.Err() != nil) {
		return err
	}
	tr.enter(probe.Connecting)
	return nil
}

// resolve looks up the addresses of a host. A lookup that fails changes nothing.
func (p *pool) resolve(ctx context.Context, h *host) error {
	found, err := p.dialer.resolve(ctx, h.name)
	if err != nil {
		return err
	}
	addresses := make([]netip.AddrPort, len(found))
	for i, ip := range interleave(found) {
		addresses[i] = netip.AddrPortFrom(ip, h.port)
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	h.addresses, h.lookedUp = addresses, now
	h.refreshAt = now.Add(lookupInterval - rand.N(lookupInterval/10)) // not all at once
	if h.trusted != nil && !slices.Contains(addresses, h.trusted.address) {
		h.trusted = nil
	}
	return nil
}
