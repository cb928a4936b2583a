package transport

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/hostile/cases"
)

func TestPrintersShareAConnection(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	transport, printers := fleetAt(t, e, manyHosts(50))
	expectHealthy(t, printers)
	expectHealthy(t, printers)
	if n := e.connections(); n != 1 || transport.Open() != 1 {
		t.Errorf("%d connections for 50 printers, %d open", n, transport.Open())
	}
	if r := printers["p0.test"].send(t.Context(), probe.PingRequest); !r.Attempt.Shared || !r.Attempt.Reused {
		t.Errorf("%+v", r.Attempt)
	}
}

// TestDisableSharing: each host has a dedicated connection.
func TestDisableSharing(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	hosts := manyHosts(5)
	transport := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, true)
	hosts.use(transport)
	printers := printersAt(e, hosts, transport)
	expectHealthy(t, printers)
	expectHealthy(t, printers)
	if n := e.connections(); n != 5 || len(transport.Sharing()) != 0 {
		t.Errorf("%d connections for 5 printers; %v", n, transport.Sharing())
	}
}

// TestSharingNeedsCertificateAndAddress: a host for whose name the certificate is not valid, or whose name resolves to
// another address, does not use the connection (RFC 9113 §9.1.1).
func TestSharingNeedsCertificateAndAddress(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	_, printers := fleetAt(t, e, names{
		"a.test": {"127.0.0.1"}, "b.test": {"127.0.0.1"}, "c.test": {"127.0.0.2"}, "a.other": {"127.0.0.1"}, "b.other": {"127.0.0.1"},
	})
	got := probeAll(t, printers)
	if got[""] != 2 || got["connect_failed"] != 1 || got["tls_failed"] != 2 {
		t.Errorf("%v", got)
	}
	if n := e.connections(); n < 3 || n > 5 { // one of a.test and b.test, and those whose handshake fails
		t.Errorf("%d connections", n)
	}
}

// TestInsecureSkipVerifyShares: a certificate for another name does not cost connections where it is not verified.
func TestInsecureSkipVerifyShares(t *testing.T) {
	e := serveEdge(t, []string{"other.example"}, requireCredentials, nil)
	hosts := manyHosts(50)
	transport := newTransport(t, probe.Settings{TLS: &tls.Config{InsecureSkipVerify: true}}, false)
	hosts.use(transport)
	printers := printersAt(e, hosts, transport)
	expectHealthy(t, printers)
	expectHealthy(t, printers)
	if n := e.connections(); n != 1 {
		t.Errorf("%d connections for 50 printers", n)
	}
}

// TestConnectionsFollowStreams: 200 requests at once to an edge that allows 10 streams per connection. It responds when it has
// received all of them; on a busy machine not all may be in flight together.
func TestConnectionsFollowStreams(t *testing.T) {
	const requests, streams = 200, 10
	var received atomic.Int32
	all := make(chan struct{})
	respond := sync.OnceFunc(func() { close(all) })
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if received.Add(1) == requests {
			respond()
		}
		<-all
		requireCredentials(w, r)
	}, allowStreams(streams))
	_, printers := fleetAt(t, e, manyHosts(requests))
	defer time.AfterFunc(3*time.Second, respond).Stop()
	expectHealthy(t, printers)
	if n := e.connections(); n > 25 {
		t.Errorf("%d connections", n)
	}
}

func allowStreams(n int) func(*httptest.Server) {
	return func(s *httptest.Server) { s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: n} }
}

// TestOneStreamPerConnection: the edge allows one stream, and refuses others on the same connection.
func TestOneStreamPerConnection(t *testing.T) {
	const requests = 20
	relay := listenCase(t, "one-stream")
	_, at := behind(t, relay.URL(), relay.CAPEM(), cases.HTTP2, false)
	var all sync.WaitGroup
	for range 2 {
		for i := range requests {
			to := at(cases.Healthy, patience)
			if i%2 == 0 {
				to = at(fmt.Sprint(i), patience)
			}
			all.Go(func() {
				if r := to.send(t.Context(), probe.StatusRequest); !r.Fault.None() {
					t.Errorf("%s: %+v", r.Fault.Reason, r.Attempt)
				}
			})
		}
		all.Wait()
	}
	if n := relay.Connections(); n > requests+5 {
		t.Errorf("%d connections for %d requests at once", n, requests)
	}
}

func listenCase(t *testing.T, name string) *cases.Server {
	t.Helper()
	for _, c := range cases.All() {
		if c.Name == name {
			relay, err := cases.Listen(c, cases.HTTP2)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(relay.Close)
			return relay
		}
	}
	t.Fatalf("no case %s", name)
	return nil
}

// TestHTTP1IsNotShared: one connection finds out that the edge does not speak HTTP/2, and another one after ten minutes.
func TestHTTP1IsNotShared(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, requireCredentials, func(s *httptest.Server) { s.EnableHTTP2 = false })
	transport, printers := fleetAt(t, e, manyHosts(3))
	for range 4 {
		expectHealthy(t, printers)
	}
	if n := e.connections(); n > 3+1 || transport.Sharing()["test:"+e.port()] {
		t.Errorf("%d connections for 3 hosts; shared: %v", n, transport.Sharing())
	}
	transport.shared.age(dedicatedFor)
	for range 4 {
		expectHealthy(t, printers)
	}
	if n := e.connections(); n > 3+2 {
		t.Errorf("%d connections after ten minutes", n)
	}
}

// TestCloseEndsConnections when they carry no request any more.
func TestCloseEndsConnections(t *testing.T) {
	gate := make(chan struct{})
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) { <-gate; requireCredentials(w, r) }, nil)
	transport, printers := fleetAt(t, e, manyHosts(2))
	var wg sync.WaitGroup
	wg.Go(func() { expectHealthy(t, printers) })
	for e.requests.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	transport.Close() // requests in flight go on
	close(gate)
	wg.Wait()
	for deadline := time.Now().Add(patience); transport.Open() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open", transport.Open())
		}
	}
}
