package transport

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestRequestSurvivesALostConnection, one that was lost before the request or during it.
func TestRequestSurvivesALostConnection(t *testing.T) {
	var drop atomic.Bool
	var e *edgeServer
	e = serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if drop.Swap(false) {
			go e.CloseClientConnections()
			<-r.Context().Done()
			return
		}
		requireCredentials(w, r)
	}, nil)
	_, printers := fleetAt(t, e, manyHosts(20))
	expectHealthy(t, printers)
	e.CloseClientConnections()
	expectHealthy(t, printers)
	drop.Store(true)
	expectHealthy(t, printers)
}

// TestAllConnectionsLostAtOnce: 300 requests in flight lose their connection. 64 of them are sent again on dedicated
// connections, which are held open here until all requests have come again; the others on one new shared connection.
func TestAllConnectionsLostAtOnce(t *testing.T) {
	const requests = 300
	var received atomic.Int32
	again := make(chan struct{})
	var e *edgeServer
	e = serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		switch n := received.Add(1); {
		case n < requests:
			<-r.Context().Done()
			return
		case n == requests:
			go e.CloseClientConnections()
			<-r.Context().Done()
			return
		case n == 2*requests:
			close(again)
		}
		<-again
		requireCredentials(w, r)
	}, allowStreams(1000))
	_, printers := fleetAt(t, e, manyHosts(requests))
	var dedicated atomic.Int32
	var all sync.WaitGroup
	for _, to := range printers {
		all.Go(func() {
			r := to.send(t.Context(), probe.StatusRequest)
			if !r.Fault.None() {
				t.Errorf("%s: %+v", r.Fault.Reason, r.Attempt)
			}
			if !r.Attempt.Shared {
				dedicated.Add(1)
			}
		})
	}
	all.Wait()
	hosts := e.hosts()
	// One shared connection before and one after; one more each where SETTINGS come late on a busy machine.
	if n := len(hosts); dedicated.Load() != resendSlots || n > resendSlots+4 || hosts[n-2] < requests/3 {
		t.Errorf("%d dedicated connections; hosts per connection: %v", dedicated.Load(), hosts)
	}
	expectHealthy(t, printers)
	if n := e.connections(); n != len(hosts) {
		t.Errorf("%d more connections afterwards", n-len(hosts))
	}
}

// TestRequestSurvivesASilentConnection: packets on it are dropped without a notice. HTTP/2 pings find out in time.
func TestRequestSurvivesASilentConnection(t *testing.T) {
	t.Parallel()
	e := serveEdge(t, []string{"*.test"}, requireCredentials, nil)
	transport, printers := fleetAt(t, e, manyHosts(3))
	transport.shared.base.HTTP2 = &http.HTTP2Config{SendPingTimeout: 300 * time.Millisecond, PingTimeout: 300 * time.Millisecond}
	var first atomic.Pointer[silentConn]
	dial := transport.shared.base.DialContext
	transport.shared.base.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s := &silentConn{Conn: c}
		first.CompareAndSwap(nil, s)
		return s, nil
	}
	expectHealthy(t, printers)
	first.Load().silent.Store(true)
	expectHealthy(t, printers)
	if n := e.connections(); n != 1+3 { // the requests are sent again, on dedicated connections
		t.Errorf("%d connections", n)
	}
}

// silentConn drops what is written while it is silent.
type silentConn struct {
	net.Conn
	silent atomic.Bool
}

func (s *silentConn) Write(b []byte) (int, error) {
	if s.silent.Load() {
		return len(b), nil
	}
	return s.Conn.Write(b)
}

// TestRequestSurvivesGoAway: the edge ends connections in an orderly way, as in a deployment.
func TestRequestSurvivesGoAway(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "p0.") {
			w.Header().Set("Connection", "close") // in HTTP/2: GOAWAY
		}
		requireCredentials(w, r)
	}, nil)
	_, printers := fleetAt(t, e, manyHosts(20))
	for range 5 {
		expectHealthy(t, printers)
	}
	if n := e.connections(); n < 2 || n > 50 { // requests that the connection had not completed go on dedicated ones
		t.Errorf("%d connections for 100 requests", n)
	}
}

// TestHostThatBreaksConnections: a host whose response breaks its dedicated connection as well is kept apart from the others
// for ten minutes.
func TestHostThatBreaksConnections(t *testing.T) {
	var e *edgeServer
	e = serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "p0.") {
			e.drop(r)
			return
		}
		requireCredentials(w, r)
	}, nil)
	transport, printers := fleetAt(t, e, manyHosts(5))
	broken := printers["p0.test"]
	delete(printers, "p0.test")
	expectHealthy(t, printers)
	if r := broken.send(t.Context(), probe.StatusRequest); r.Fault.None() {
		t.Error("success")
	}
	expectHealthy(t, printers)
	before := e.hosts()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { broken.send(t.Context(), probe.StatusRequest) })
	}
	all.Wait()
	expectHealthy(t, printers)
	if after := e.hosts(); after[len(after)-1] != before[len(before)-1] || transport.shared.sharingHost(broken.NewRequest(probe.StatusRequest).URL) != nil {
		t.Errorf("hosts per connection: %v, then %v", before, after)
	}
	transport.shared.age(dedicatedFor)
	if transport.shared.sharingHost(broken.NewRequest(probe.StatusRequest).URL) == nil {
		t.Error("the host still has dedicated connections after ten minutes")
	}
}
