package probe

import (
	"context"
	"hash/fnv"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// addressBook remembers the addresses of hosts, so that not every question resolves a name: Go does not, and a shared
// connection needs the answer without needing a connection.
type addressBook struct {
	mu    *sync.Mutex
	hosts map[string]*hostEntry // by host and port as in the URL
	swept time.Time
	place chan struct{} // a name is resolved by who has a place here

	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// hostEntry is what is known of a host.
type hostEntry struct {
	host, hostPort string // hostPort always has a port
	addresses      atomic.Pointer[[]netip.AddrPort]
	trusted        atomic.Pointer[sharedConn] // whose certificate was found to be valid for it

	// guarded by the book's mu
	resolved time.Time
	apart    time.Time // until when it has connections of its own
	used     time.Time
}

// How long an answer of DNS is used, how long it is used when DNS fails, how long an unused one is kept, how old one must be
// to be doubted, how long DNS may take to confirm it, and how many names are resolved at a time.
const (
	resolvedFor = 5 * time.Minute
	staleFor    = 15 * time.Minute
	unusedFor   = time.Hour
	freshFor    = 10 * time.Second
	renewWithin = 2 * time.Second
	resolvers   = 32
)

func newAddressBook() addressBook {
	return addressBook{
		mu: new(sync.Mutex), hosts: map[string]*hostEntry{}, place: make(chan struct{}, resolvers),
		lookup: net.DefaultResolver.LookupNetIP,
	}
}

// find gives the host of a URL with its addresses, and resolves its name if need be.
func (b *addressBook) find(ctx context.Context, u *url.URL, tr *tracer) (*hostEntry, error) {
	h, age := b.look(u)
	if age < h.lifetime() {
		return h, nil
	}
	tr.reach(Resolving)
	addresses, err := b.resolve(ctx, h)
	if err != nil {
		if age < staleFor {
			return h, nil
		}
		return nil, err
	}
	tr.reach(Connecting)
	b.keep(h, addresses)
	return h, nil
}

func (b *addressBook) keep(h *hostEntry, addresses []netip.AddrPort) {
	h.addresses.Store(&addresses)
	b.mu.Lock()
	defer b.mu.Unlock()
	h.resolved = time.Now()
}

// renew resolves the name of a host once more, to which no connection could be made at the addresses that were tried: it may
// have moved. It reports whether the host has others now.
func (b *addressBook) renew(ctx context.Context, h *hostEntry, tried []netip.AddrPort) bool {
	if !slices.Equal(*h.addresses.Load(), tried) {
		return true // somebody else has just done so
	}
	b.mu.Lock()
	age := time.Since(h.resolved)
	b.mu.Unlock()
	if age < freshFor {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	addresses, err := b.resolve(limited, h)
	if err != nil {
		return false
	}
	b.keep(h, addresses)
	return !slices.Equal(addresses, tried)
}

// look gives the entry of a URL's host and how old its addresses are.
func (b *addressBook) look(u *url.URL) (*hostEntry, time.Duration) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.hosts[u.Host]
	if !ok {
		b.sweep(now)
		port := u.Port()
		if port == "" {
			port = "443"
		}
		h = &hostEntry{host: u.Hostname(), hostPort: net.JoinHostPort(u.Hostname(), port)}
		b.hosts[u.Host] = h
	}
	h.used = now
	return h, now.Sub(h.resolved)
}

// sweep forgets hosts that nobody asks any more: printers that left the configuration.
func (b *addressBook) sweep(now time.Time) {
	if now.Sub(b.swept) < unusedFor {
		return
	}
	b.swept = now
	for key, h := range b.hosts {
		if now.Sub(h.used) > unusedFor {
			delete(b.hosts, key)
		}
	}
}

// lifetime is how long the host's addresses are used, a little different for each, so that they do not expire together.
func (h *hostEntry) lifetime() time.Duration {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(h.hostPort))
	return resolvedFor - time.Duration(hash.Sum32()%60)*time.Second
}

func (b *addressBook) resolve(ctx context.Context, h *hostEntry) ([]netip.AddrPort, error) {
	_, p, err := net.SplitHostPort(h.hostPort)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(h.host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(ip, uint16(port))}, nil
	}
	select {
	case b.place <- struct{}{}:
		defer func() { <-b.place }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ips, err := b.lookup(ctx, "ip", h.host)
	if err != nil {
		return nil, err
	}
	addresses := make([]netip.AddrPort, len(ips))
	for i, ip := range ips {
		addresses[i] = netip.AddrPortFrom(ip.Unmap(), uint16(port))
	}
	// Sorted, so that hosts with the same addresses agree on the first; IPv4 is first because it is there more often.
	slices.SortFunc(addresses, netip.AddrPort.Compare)
	return addresses, nil
}

func (b *addressBook) setApart(urlHost string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h, ok := b.hosts[urlHost]; ok {
		h.apart = until
	}
}

func (b *addressBook) isApart(urlHost string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.hosts[urlHost]
	return ok && time.Now().Before(h.apart)
}
