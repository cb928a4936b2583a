package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// respondAfter is a name server that responds after a while, as net.Resolver says it.
func respondAfter(d time.Duration) lookupFunc {
	return func(ctx context.Context, _, name string) ([]netip.Addr, error) {
		if sleep(ctx, d); ctx.Err() != nil {
			return nil, &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
}

// TestLookupTimeout: a lookup ends early enough for the request, and late enough for the second name server to be asked when
// the first does not respond for five seconds.
func TestLookupTimeout(t *testing.T) {
	for after, ok := range map[time.Duration]bool{0: true, 5100 * time.Millisecond: true, lookupTimeout + time.Millisecond: false} {
		synctest.Test(t, func(t *testing.T) {
			d := newDialer(probe.IPPreference{})
			d.lookup = respondAfter(after)
			begin := time.Now()
			if _, err := d.resolve(t.Context(), "a.test"); (err == nil) != ok || time.Since(begin) != min(after, lookupTimeout) {
				t.Errorf("%v: %v after %v", after, err, time.Since(begin))
			}
		})
	}
}

// TestNameServerThatHangs: whatever the timeout of a request is, a name server that does not respond is resolve_failed, on
// shared and dedicated connections, for the host that dials, for one that waits for that dial, and for one without a slot.
func TestNameServerThatHangs(t *testing.T) {
	for _, c := range []struct {
		timeout   time.Duration
		dedicated bool
		noSlot    bool
		most      time.Duration
	}{
		{timeout: 700 * time.Millisecond, most: 700 * time.Millisecond},
		{timeout: 5 * time.Second, most: 5 * time.Second},
		{timeout: 20 * time.Second, most: dialPatience + lookupTimeout},
		{timeout: 700 * time.Millisecond, dedicated: true, most: 700 * time.Millisecond},
		{timeout: 20 * time.Second, dedicated: true, most: lookupTimeout},
		{timeout: time.Second, noSlot: true, most: time.Second},
		{timeout: 20 * time.Second, noSlot: true, dedicated: true, most: lookupTimeout},
	} {
		synctest.Test(t, func(t *testing.T) {
			transport := newTransport(t, probe.Settings{}, c.dedicated)
			transport.dialer.lookup = respondAfter(time.Hour)
			for range cap(transport.dialer.lookups) {
				if c.noSlot {
					transport.dialer.lookups <- struct{}{}
				}
			}
			begin := time.Now()
			printers := map[string]printer{}
			for i := range 3 {
				u := &url.URL{Scheme: "https", Host: fmt.Sprintf("canary%d.example", i)}
				printers[u.Host] = printer{probe.Target{Name: u.Host, Timeout: c.timeout, Address: probe.NewAddress(u)}, transport}
			}
			if got := probeAll(t, printers); got[fault.ResolveFailed.Reason] != 3 || time.Since(begin) > c.most {
				t.Errorf("%+v: %v after %v", c, got, time.Since(begin))
			}
		})
	}
}

// TestRace: the first connection counts, without one all errors are known, and the end of the context ends it.
func TestRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		var mu sync.Mutex
		started := map[string]time.Duration{}
		begin := time.Now()
		dial := func(name string, after time.Duration, c net.Conn, err error) dialFunc {
			return func(ctx context.Context) (net.Conn, error) {
				mu.Lock()
				started[name] = time.Since(begin)
				mu.Unlock()
				if sleep(ctx, after); ctx.Err() != nil {
					return nil, ctx.Err()
				}
				return c, err
			}
		}
		first, second := errors.New("first"), errors.New("second")
		c, _ := race(t.Context(), []dialFunc{
			dial("silent", time.Hour, nil, first), dial("refused", time.Millisecond, nil, second), dial("good", time.Millisecond, client, nil),
			dial("late", 0, client, nil),
		})
		synctest.Wait()
		want := map[string]time.Duration{"silent": 0, "refused": fallbackDelay, "good": fallbackDelay + time.Millisecond}
		if d := cmp.Diff(want, started); d != "" || c != client {
			t.Errorf("%v: %s", c, d)
		}
		_, errs := race(t.Context(), []dialFunc{dial("", time.Second, nil, first), dial("", time.Millisecond, nil, second)})
		if d := cmp.Diff([]error{first, second}, errs, cmpopts.EquateErrors()); d != "" {
			t.Error(d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, errs := race(ctx, []dialFunc{dial("", time.Hour, nil, nil)}); len(errs) != 1 || !errors.Is(errs[0], context.DeadlineExceeded) {
			t.Error(errs)
		}
	})
}

// TestInterleave: families take turns.
func TestInterleave(t *testing.T) {
	var addresses, want []netip.Addr
	for _, a := range []string{"::1", "::2", "127.0.0.1", "::ffff:127.0.0.2", "127.0.0.3"} {
		addresses = append(addresses, netip.MustParseAddr(a))
	}
	for _, a := range []string{"::1", "127.0.0.1", "::2", "127.0.0.2", "127.0.0.3"} {
		want = append(want, netip.MustParseAddr(a))
	}
	if d := cmp.Diff(want, interleave(addresses), cmpopts.EquateComparable(netip.Addr{})); d != "" {
		t.Error(d)
	}
}

// TestErrorOfADial is that of the name where known addresses fail as well, and that of the preferred address otherwise.
func TestErrorOfADial(t *testing.T) {
	transport := newTransport(t, probe.Settings{}, false)
	newTestNetwork(t, transport, map[string][]string{"there.test": {"127.0.0.1", "127.0.0.2"}})
	refused := errors.New("refused")
	transport.dialer.ControlContext = func(context.Context, string, string, syscall.RawConn) error { return refused }
	known := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.2:1")}
	for name, dial := range map[string]func(context.Context, string, string, []netip.AddrPort) (net.Conn, error){
		"known addresses": transport.dialer.dialKnown, "last addresses": transport.dialer.dialNameOr,
	} {
		_, err := dial(t.Context(), "tcp", "missing.test:1", known)
		if dns, ok := errors.AsType[*net.DNSError](err); !ok || !dns.IsNotFound {
			t.Errorf("%s: %v", name, err)
		}
		_, err = dial(t.Context(), "tcp", "there.test:1", nil)
		if op, ok := errors.AsType[*net.OpError](err); !ok || op.Addr.String() != "127.0.0.1:1" || !errors.Is(err, refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIPPreference: which addresses of a name and of an address are dialed, and which are asked for.
func TestIPPreference(t *testing.T) {
	all := []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::2")}
	for name, c := range map[string]struct {
		ip   probe.IPPreference
		host string
		want string
	}{
		"none":                     {probe.IPPreference{}, "a.test", "[2001:db8::1 192.0.2.1 2001:db8::2]"},
		"ip4":                      {probe.IPPreference{Protocol: probe.IP4}, "a.test", "[192.0.2.1 2001:db8::1 2001:db8::2]"},
		"ip6":                      {probe.IPPreference{Protocol: probe.IP6}, "a.test", "[2001:db8::1 2001:db8::2 192.0.2.1]"},
		"only ip4":                 {probe.IPPreference{Protocol: probe.IP4, NoFallback: true}, "a.test", "[192.0.2.1]"},
		"only ip6":                 {probe.IPPreference{Protocol: probe.IP6, NoFallback: true}, "a.test", "[2001:db8::1 2001:db8::2]"},
		"an address of the other":  {probe.IPPreference{Protocol: probe.IP6}, "192.0.2.1", "[192.0.2.1]"},
		"an address of no use":     {probe.IPPreference{Protocol: probe.IP6, NoFallback: true}, "192.0.2.1", "[]"},
		"a name without an ip6":    {probe.IPPreference{Protocol: probe.IP6, NoFallback: true}, "four.test", "[]"},
		"an address in IPv6 form":  {probe.IPPreference{Protocol: probe.IP4, NoFallback: true}, "::ffff:192.0.2.1", "[::ffff:192.0.2.1]"},
		"a name with only ip4":     {probe.IPPreference{Protocol: probe.IP6}, "four.test", "[192.0.2.1]"},
		"a name in the other form": {probe.IPPreference{Protocol: probe.IP4, NoFallback: true}, "four.test", "[192.0.2.1]"},
	} {
		d := newDialer(c.ip)
		d.lookup = func(_ context.Context, network, name string) ([]netip.Addr, error) {
			return slices.DeleteFunc(slices.Clone(all), func(a netip.Addr) bool {
				return network == "ip4" && a.Is6() || network == "ip6" && a.Is4() || name == "four.test" && a.Is6()
			}), nil
		}
		got, err := d.resolve(t.Context(), c.host)
		if fmt.Sprint(got) != c.want || (err == nil) != (c.want != "[]") || err != nil && classify(err) != probe.NoSuchName {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}
