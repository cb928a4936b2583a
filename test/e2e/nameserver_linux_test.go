package e2e

import (
	"net"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// namedFleet is an exporter of a simulated fleet whose hosts are resolved by a name server of the test.
type namedFleet struct {
	*testkit.Process
	names    *nameServer
	way      *forwarder // all connections to the fleet go through it
	printers int
	config   string
}

// serveNamedFleet starts a fleet and an exporter, which gets its own name server by a mount namespace. That needs root.
func serveNamedFleet(t *testing.T, server string, options string, silent bool) namedFleet {
	t.Helper()
	f := namedFleet{names: serveNames(t, server), printers: 10}
	f.names.swallow.Store(silent)
	srv := listen(t, simulator.New(simulator.Options{Printers: f.printers, Seed: 8}), "127.0.0.1:0")
	f.way = openForwarder(t, strings.TrimPrefix(srv.URL(), "https://"))
	dir := t.TempDir()
	resolv := testkit.WriteFile(t, dir, "resolv.conf", "nameserver %s\n%s\n", server, options)
	f.config = writeConfig(t, dir, srv, simulator.ConfigOptions{BaseURL: "https://" + f.way.address, ByHost: true, Interval: 2 * time.Second, Timeout: 1900 * time.Millisecond})
	f.Process = testkit.ServeWrapped(t, []string{"unshare", "--mount", "/bin/sh", "-c", `mount --bind "$0" /etc/resolv.conf && GODEBUG=netdns=go exec "$@"`, resolv},
		"serve", "--log.level=debug", "--config.file="+f.config)
	return f
}

// unresolved returns how many printers have the fault resolve_failed.
func (f namedFleet) unresolved() int {
	return len(f.Metrics("octoeverywhere_last_error{", `reason="resolve_failed"`, "} 1"))
}

// allHealthy waits until all printers are.
func (f namedFleet) allHealthy() {
	f.Until("all are healthy", func() bool { return f.Healthy() == f.printers })
}

// reconnect closes all connections.
func (f namedFleet) reconnect() {
	f.way.close()
	f.way.open()
}

// expectNoResolveFailed checks that no probe of the next seconds needs the name server.
func (f namedFleet) expectNoResolveFailed(t *testing.T) {
	t.Helper()
	before := len(statusChanges(f.Process))
	time.Sleep(5 * time.Second)
	if changes := statusChanges(f.Process); f.Healthy() != f.printers || strings.Contains(strings.Join(changes[before:], ""), "resolve_failed") {
		t.Errorf("known addresses are forgotten when the name server fails: %v", changes[before:])
	}
}

// TestNameServerOutageAndMove: the name server fails, and later has another address.
func TestNameServerOutageAndMove(t *testing.T) {
	t.Parallel()
	f := serveNamedFleet(t, "127.53.10.59", "options timeout:1 attempts:1", false)
	f.Until("names cannot be resolved", func() bool {
		return f.unresolved() == f.printers && strings.Contains(f.Output(), `"cause":"name server failed"`)
	})
	f.names.resolveTo("127.0.0.1")
	f.allHealthy()

	f.names.resolveTo("")
	f.reconnect()
	f.expectNoResolveFailed(t)

	f.names.resolveTo("127.0.0.2")
	f.way.close()
	_, port, _ := net.SplitHostPort(f.way.address)
	f.way.address = net.JoinHostPort("127.0.0.2", port)
	f.way.open()
	f.Until("all are found at the new address", func() bool { return f.Healthy() == f.printers })
}

// TestSilentNameServer: a name server that swallows queries is a fault of the layer network for each probe that needs it, and
// for no other one.
func TestSilentNameServer(t *testing.T) {
	t.Parallel()
	f := serveNamedFleet(t, "127.53.10.60", "", true)
	f.Until("names cannot be resolved", func() bool { return f.unresolved() == f.printers })
	time.Sleep(4 * time.Second) // two more probes of each
	for line := range strings.Lines(f.Output()) {
		if strings.Contains(line, `"msg":"request completed"`) && !strings.Contains(line, `"reason":"resolve_failed"`) {
			t.Errorf("a request does not end with resolve_failed: %s", line)
		}
	}
	f.names.resolveTo("127.0.0.1")
	f.names.swallow.Store(false)
	f.allHealthy()

	f.names.swallow.Store(true)
	f.reconnect()
	f.expectNoResolveFailed(t)
}
