package transport

import (
	"cmp"
	"context"
	"net"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"time"

	"octoeverywhere_exporter/probe"
)

// dialer makes connections to hosts. It looks names up itself, so that a lookup has a timeout of its own and leaves time to
// connect.
type dialer struct {
	net.Dialer // to an address
	ip         probe.IPPreference
	lookup     lookupFunc
	lookups    chan struct{} // slots
}

// lookupFunc returns the addresses of a name, the preferred one first (RFC 6724).
type lookupFunc func(ctx context.Context, network, name string) ([]netip.Addr, error)

// Limits of dials. Go's resolver waits 5 s for the first name server before it asks the second one: lookupTimeout, which
// includes the wait for a slot, leaves time for that.
const (
	lookupTimeout = 7 * time.Second
	lookupSlots   = 32
	dialTimeout   = 5 * time.Second        // of an address
	fallbackDelay = 300 * time.Millisecond // between the dials of two addresses
)

func newDialer(ip probe.IPPreference) *dialer {
	return &dialer{
		Dialer: net.Dialer{Timeout: dialTimeout}, ip: ip, lookup: net.DefaultResolver.LookupNetIP, lookups: make(chan struct{}, lookupSlots),
	}
}

// resolve returns the addresses of a name that may be dialed, in order of preference.
func (d *dialer) resolve(ctx context.Context, name string) ([]netip.Addr, error) {
	if literal, err := netip.ParseAddr(name); err == nil {
		return d.prefer([]netip.Addr{literal}, name)
	}
	addresses, err := d.lookUp(ctx, name)
	if err != nil {
		return nil, err
	}
	return d.prefer(addresses, name)
}

// prefer returns the addresses that may be dialed, those of the preferred protocol first.
func (d *dialer) prefer(addresses []netip.Addr, name string) ([]netip.Addr, error) {
	preferred, others := []netip.Addr{}, []netip.Addr{}
	for _, a := range addresses {
		if a.Unmap().Is4() == (d.ip.Protocol == probe.IP4) || d.ip.Protocol == "" {
			preferred = append(preferred, a)
		} else if !d.ip.NoFallback {
			others = append(others, a)
		}
	}
	if all := slices.Concat(preferred, others); len(all) > 0 {
		return all, nil
	}
	return nil, &net.DNSError{Err: "no address", Name: name, IsNotFound: true}
}

// lookUp asks the name servers for the addresses of a name.
func (d *dialer) lookUp(ctx context.Context, name string) (addresses []netip.Addr, err error) {
	if hooks := httptrace.ContextClientTrace(ctx); hooks != nil {
		hooks.DNSStart(httptrace.DNSStartInfo{Host: name}) // here, because the wait for a slot belongs to the lookup
		defer func() { hooks.DNSDone(httptrace.DNSDoneInfo{Err: err}) }()
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	select {
	case d.lookups <- struct{}{}:
		defer func() { <-d.lookups }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	network := "ip"
	if d.ip.NoFallback {
		network = d.ip.Protocol
	}
	return d.lookup(ctx, network, name)
}

// dialKnown makes a connection to a host, of which some addresses may be known. Where they are, it does not wait for a lookup:
// the name is looked up only when they do not respond immediately.
func (d *dialer) dialKnown(ctx context.Context, network, hostPort string, known []netip.AddrPort) (net.Conn, error) {
	dials := append(d.toAll(network, known), d.toName(network, hostPort))
	c, errs := race(ctx, dials)
	if c == nil {
		return nil, errs[len(errs)-1] // the name's: the known addresses may be old
	}
	return c, nil
}

// dialNameOr makes a connection to a host that it looks up. Its last addresses are tried as well when that fails or takes longer
// than usual: the name server may not respond.
func (d *dialer) dialNameOr(ctx context.Context, network, hostPort string, last []netip.AddrPort) (net.Conn, error) {
	c, errs := race(ctx, append([]dialFunc{d.toName(network, hostPort)}, d.toAll(network, last)...))
	if c == nil {
		return nil, errs[0] // the name's
	}
	return c, nil
}

// dialName looks a host up and makes a connection to one of its addresses.
func (d *dialer) dialName(ctx context.Context, network, hostPort string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addresses, err := d.resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	var dials []dialFunc
	for _, a := range interleave(addresses) {
		dials = append(dials, d.to(network, net.JoinHostPort(a.String(), port)))
	}
	c, errs := race(ctx, dials)
	if c == nil {
		return nil, errs[0] // the preferred address's
	}
	return c, nil
}

// dialFunc makes a connection.
type dialFunc func(ctx context.Context) (net.Conn, error)

// to returns the dial of an address.
func (d *dialer) to(network, address string) dialFunc {
	return func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, network, address) }
}

// toAll returns the dials of addresses.
func (d *dialer) toAll(network string, addresses []netip.AddrPort) (dials []dialFunc) {
	for _, a := range addresses {
		dials = append(dials, d.to(network, a.String()))
	}
	return dials
}

// toName returns the dial of a host that is looked up.
func (d *dialer) toName(network, hostPort string) dialFunc {
	return func(ctx context.Context) (net.Conn, error) { return d.dialName(ctx, network, hostPort) }
}

// interleave orders addresses so that IPv6 and IPv4 take turns, beginning with the first one's family (RFC 8305 §4).
func interleave(addresses []netip.Addr) []netip.Addr {
	type numbered struct {
		netip.Addr
		n int // among those of its family
	}
	var all []numbered
	seen := map[bool]int{}
	for _, a := range addresses {
		a = a.Unmap()
		all = append(all, numbered{a, seen[a.Is4()]})
		seen[a.Is4()]++
	}
	slices.SortStableFunc(all, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
	ordered := make([]netip.Addr, len(all))
	for i, a := range all {
		ordered[i] = a.Addr
	}
	return ordered
}

// race returns the first connection that one of the dials makes. They run in parallel, each fallbackDelay after the one before
// or when one fails (RFC 8305 §5). Where all fail, it returns their errors in the order of the dials, and where ctx ends, its
// error.
func race(ctx context.Context, dials []dialFunc) (net.Conn, []error) {
	type dialed struct {
		index int
		conn  net.Conn
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan dialed)
	next := time.NewTimer(0)
	defer next.Stop()
	errs := make([]error, len(dials))
	for started, failed := 0, 0; failed < len(dials); {
		select {
		case <-next.C:
			if started == len(dials) {
				continue
			}
			i := started
			started++
			next.Reset(fallbackDelay)
			go func() { // ends with ctx
				c, err := dials[i](ctx)
				select {
				case results <- dialed{i, c, err}:
				case <-ctx.Done():
					if err == nil {
						_ = c.Close()
					}
				}
			}()
		case r := <-results:
			if r.err == nil {
				return r.conn, nil
			}
			errs[r.index] = r.err
			failed++
			next.Reset(0)
		case <-ctx.Done():
			return nil, []error{ctx.Err()}
		}
	}
	return nil, errs
}
