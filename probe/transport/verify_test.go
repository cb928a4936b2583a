package transport

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// hostMatchesSNI reports whether a request is for the host for which its connection was made.
func hostMatchesSNI(r *http.Request) bool {
	return r.TLS.ServerName+":" == strings.TrimRight(r.Host, "0123456789")
}

// TestMisdirectedRequest: a host whose request on a shared connection gets 421 has dedicated connections from then on.
func TestMisdirectedRequest(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if !hostMatchesSNI(r) {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		requireCredentials(w, r)
	}, nil)
	_, printers := fleetAt(t, e, manyHosts(5))
	expectHealthy(t, printers)
	before := e.requests.Load()
	expectHealthy(t, printers)
	if n := e.requests.Load() - before; n != 5 {
		t.Errorf("%d requests for 5 printers", n)
	}
}

// notFoundUnless returns a handler that responds with 404 to requests of hosts for which their connection was not made, if
// affected.
func notFoundUnless(affected func(*http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if affected(r) && !hostMatchesSNI(r) {
			http.NotFound(w, r)
			return
		}
		requireCredentials(w, r)
	}
}

// TestDifferingHostGetsDedicatedConnections: for ten minutes, then it shares connections again.
func TestDifferingHostGetsDedicatedConnections(t *testing.T) {
	var differs atomic.Bool
	differs.Store(true)
	e := serveEdge(t, []string{"*.test"}, notFoundUnless(func(r *http.Request) bool { return strings.HasPrefix(r.Host, "p0.") && differs.Load() }), nil)
	transport, printers := fleetAt(t, e, manyHosts(4))
	host := printers["p0.test"]
	delete(printers, "p0.test")
	expectHealthy(t, printers)
	for _, step := range []struct {
		name             string
		later            time.Duration
		shared           bool
		requests, ofEdge int // by the server's count
	}{
		{"the response differs", 0, false, 2, 2},
		{"dedicated", 0, false, 1, 2},
		{"nine minutes later", 9 * time.Minute, false, 1, 2},
		{"ten minutes later", time.Minute, true, 1, 2},
	} {
		transport.shared.age(step.later)
		differs.Store(!step.shared)
		before := e.requests.Load()
		r := host.send(t.Context(), probe.StatusRequest)
		if n := int(e.requests.Load() - before); !r.Fault.None() || r.Attempt.Shared != step.shared || n != step.requests || e.connections() != step.ofEdge {
			t.Errorf("%s: %s, shared: %v, %d requests, %d connections", step.name, r.Fault.Reason, r.Attempt.Shared, n, e.connections())
		}
	}
	if !transport.Sharing()["test:"+e.port()] {
		t.Error("one host ended sharing for the edge")
	}
}

// TestThreeDifferingHostsEndSharing: for ten minutes, for the whole edge, and the observer is notified once.
func TestThreeDifferingHostsEndSharing(t *testing.T) {
	var differs atomic.Bool
	differs.Store(true)
	e := serveEdge(t, []string{"*.test"}, notFoundUnless(func(*http.Request) bool { return differs.Load() }), nil)
	var mu sync.Mutex
	var ended []string
	transport := New(probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, Options{SharingDisabled: func(edge string) {
		mu.Lock()
		defer mu.Unlock()
		ended = append(ended, edge)
	}})
	t.Cleanup(transport.Close)
	hosts := manyHosts(6)
	hosts.use(transport)
	printers := printersAt(e, hosts, transport)
	edge := "test:" + e.port()
	sendEach := func() (shared int) {
		t.Helper()
		for _, to := range printers { // one after the other
			r := to.send(t.Context(), probe.StatusRequest)
			if !r.Fault.None() {
				t.Errorf("%s: %s", to.Name, r.Fault.Reason)
			}
			if r.Attempt.Shared {
				shared++
			}
		}
		return shared
	}
	sendEach()
	if !slices.Equal(ended, []string{edge}) || transport.Sharing()[edge] {
		t.Errorf("sharing ended for %q: %v", ended, transport.Sharing())
	}
	differs.Store(false)
	if n := sendEach(); n != 0 {
		t.Errorf("%d requests on shared connections", n)
	}
	transport.shared.age(dedicatedFor)
	if n := sendEach(); n != len(printers) || !transport.Sharing()[edge] || len(ended) != 1 {
		t.Errorf("ten minutes later %d requests are shared, %v, %q", n, transport.Sharing(), ended)
	}
}

// TestFewResponsesAreVerified: in an outage, where the responses on dedicated connections are the same, at most four are
// verified at first and then one per minute.
func TestFewResponsesAreVerified(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, nil)
	transport, printers := fleetAt(t, e, manyHosts(60))
	requests := func() int32 {
		t.Helper()
		before := e.requests.Load()
		if got := probeAll(t, printers); got["upstream_error"] != 60 {
			t.Errorf("%v", got)
		}
		return e.requests.Load() - before
	}
	if n := requests(); n < 61 || n > 60+maxVerifying {
		t.Errorf("%d requests for 60 printers", n)
	}
	for minute := range 3 {
		if n := requests(); n != 60 {
			t.Errorf("minute %d: %d requests for 60 printers", minute, n)
		}
		transport.shared.age(verifyInterval)
		if n := requests(); n != 61 {
			t.Errorf("a minute later: %d requests for 60 printers", n)
		}
	}
	if !transport.Sharing()["test:"+e.port()] {
		t.Error("sharing ended")
	}
}
