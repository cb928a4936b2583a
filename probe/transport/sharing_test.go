package transport

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// edgeServer is an edge behind which many hosts live.
type edgeServer struct {
	*httptest.Server
	connections atomic.Int32
	questions   atomic.Int32
	roots       *x509.CertPool
}

// serveEdge serves h with a certificate for names, by HTTP/2 unless prepare says otherwise.
func serveEdge(t *testing.T, names []string, h http.HandlerFunc, prepare func(*httptest.Server)) *edgeServer {
	t.Helper()
	e := &edgeServer{roots: x509.NewCertPool()}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.questions.Add(1)
		h(w, r)
	}))
	e.Config.ErrorLog = quiet()
	e.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			e.connections.Add(1)
		}
	}
	e.EnableHTTP2 = true
	if prepare != nil {
		prepare(e.Server)
	}
	e.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, e.roots, names)}}
	e.StartTLS()
	t.Cleanup(e.Close)
	return e
}

func certificate(t *testing.T, roots *x509.CertPool, names []string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: names, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// fleetAt gives a target for each host, all with one transport.
func fleetAt(t *testing.T, e *edgeServer, n names) (*Transport, map[string]printer) {
	t.Helper()
	via := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, false)
	n.use(via)
	targets := map[string]printer{}
	_, port, _ := net.SplitHostPort(e.Listener.Addr().String())
	for host := range n {
		u := &url.URL{Scheme: "https", Host: net.JoinHostPort(host, port)}
		targets[host] = printer{probe.Target{
			Name: host, Interval: time.Minute, Timeout: 5 * time.Second, Address: probe.NewAddress(u), Service: probe.NewAddress(u),
			Authorization: probe.NewSecret("Bearer " + host),
		}, via}
	}
	return via, targets
}

// many are n hosts at one address.
func many(n int) names {
	all := names{}
	for i := range n {
		all[fmt.Sprintf("p%d.test", i)] = []string{"127.0.0.1"}
	}
	return all
}

// askAll asks all targets at once and gives the reasons of their faults, counted.
func askAll(t *testing.T, targets map[string]printer) map[string]int {
	t.Helper()
	var mu sync.Mutex
	reasons := map[string]int{}
	var wg sync.WaitGroup
	for _, to := range targets {
		wg.Go(func() {
			r := to.ask(t.Context(), probe.StatusRequest)
			mu.Lock()
			defer mu.Unlock()
			reasons[r.Fault.Reason]++
		})
	}
	wg.Wait()
	return reasons
}

func expectGood(t *testing.T, targets map[string]printer) {
	t.Helper()
	if got := askAll(t, targets); got[""] != len(targets) {
		t.Errorf("of %d: %v", len(targets), got)
	}
}

// ownCredentials answers well who brings the credentials of the host that is asked, by whatever connection.
func ownCredentials(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Header.Get("Authorization") != "Bearer "+host {
		w.WriteHeader(606)
		return
	}
	_, _ = io.WriteString(w, idle)
}

func TestPrintersShareAConnection(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, ownCredentials, nil)
	via, targets := fleetAt(t, e, many(50))
	expectGood(t, targets)
	expectGood(t, targets)
	if n := e.connections.Load(); n != 1 || via.Open() != 1 {
		t.Errorf("%d connections for 50 printers, %d open", n, via.Open())
	}
	for _, to := range targets {
		if r := to.ask(t.Context(), probe.PingRequest); !r.Attempt.Shared || !r.Attempt.Reused {
			t.Errorf("%+v", r.Attempt)
		}
		break
	}
}

// TestSharingCanBeSwitchedOff: then each host has a connection of its own.
func TestSharingCanBeSwitchedOff(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, ownCredentials, nil)
	_, targets := fleetAt(t, e, many(5))
	off := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, true)
	many(5).use(off)
	for name, to := range targets {
		to.via = off
		targets[name] = to
	}
	expectGood(t, targets)
	expectGood(t, targets)
	if n := e.connections.Load(); n != 5 || len(off.Sharing()) != 0 {
		t.Errorf("%d connections for 5 printers; %v", n, off.Sharing())
	}
}

// TestOnlyWhoMayShareShares: a certificate that is not valid for a host's name, or another address, is another connection.
func TestOnlyWhoMayShareShares(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, ownCredentials, nil)
	_, targets := fleetAt(t, e, names{
		"a.test": {"127.0.0.1"}, "b.test": {"127.0.0.1"}, "c.test": {"127.0.0.2"}, "a.other": {"127.0.0.1"}, "b.other": {"127.0.0.1"},
	})
	got := askAll(t, targets)
	if got[""] != 2 || got["connect_failed"] != 1 || got["tls_failed"] != 2 {
		t.Errorf("%v", got)
	}
	if n := e.connections.Load(); n < 3 || n > 5 { // a.test's, and those that end in the handshake
		t.Errorf("%d connections", n)
	}
}

func TestSeveralConnectionsWhenStreamsRunOut(t *testing.T) {
	gate := make(chan struct{})
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		<-gate
		ownCredentials(w, r)
	}, func(s *httptest.Server) { s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 10} })
	_, targets := fleetAt(t, e, many(40))
	time.AfterFunc(time.Second, func() { close(gate) })
	expectGood(t, targets)
	if n := e.connections.Load(); n < 4 || n > 8 {
		t.Errorf("%d connections for 40 questions at once, 10 on each", n)
	}
}

// TestAConnectionThatDiedIsNoVerdict: it was dead before, or dies under way; both are repeated on a fresh one.
func TestAConnectionThatDiedIsNoVerdict(t *testing.T) {
	var hold atomic.Bool
	var e *edgeServer
	e = serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if hold.Swap(false) {
			go e.CloseClientConnections()
			<-r.Context().Done()
			return
		}
		ownCredentials(w, r)
	}, nil)
	_, targets := fleetAt(t, e, many(20))
	expectGood(t, targets)
	e.CloseClientConnections()
	expectGood(t, targets)
	hold.Store(true)
	expectGood(t, targets)
}

// TestAConnectionThatFellSilent: a middle box forgot it, and nothing says so. Pings find out within the timeout.
func TestAConnectionThatFellSilent(t *testing.T) {
	t.Parallel()
	e := serveEdge(t, []string{"*.test"}, ownCredentials, nil)
	via, targets := fleetAt(t, e, many(3))
	via.shared.base.HTTP2 = &http.HTTP2Config{SendPingTimeout: 300 * time.Millisecond, PingTimeout: 300 * time.Millisecond}
	var first atomic.Pointer[silencer]
	dial := via.shared.base.DialContext
	via.shared.base.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s := &silencer{Conn: c}
		first.CompareAndSwap(nil, s)
		return s, nil
	}
	expectGood(t, targets)
	first.Load().silent.Store(true)
	expectGood(t, targets)
	if n := e.connections.Load(); n != 1+3 { // the requests are sent again, on dedicated connections
		t.Errorf("%d connections", n)
	}
}

// silencer swallows what is sent.
type silencer struct {
	net.Conn
	silent atomic.Bool
}

func (s *silencer) Write(b []byte) (int, error) {
	if s.silent.Load() {
		return len(b), nil
	}
	return s.Conn.Write(b)
}

// TestAGoAwayIsNoVerdict: the edge ends a connection in good order, as in a deployment.
func TestAGoAwayIsNoVerdict(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "p0.") {
			w.Header().Set("Connection", "close") // by HTTP/2 that is a GOAWAY
		}
		ownCredentials(w, r)
	}, nil)
	_, targets := fleetAt(t, e, many(20))
	for range 5 {
		expectGood(t, targets)
	}
	if n := e.connections.Load(); n < 2 || n > 12 {
		t.Errorf("%d connections", n)
	}
}

func TestAMisdirectedRequestGetsAConnectionOfItsOwn(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.ServerName+":" != strings.TrimRight(r.Host, "0123456789") {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		ownCredentials(w, r)
	}, nil)
	_, targets := fleetAt(t, e, many(5))
	expectGood(t, targets)
	asked := e.questions.Load()
	expectGood(t, targets)
	if n := e.questions.Load() - asked; n != 5 {
		t.Errorf("%d questions for 5 printers: it is not remembered who was sent away", n)
	}
}

// TestAnEdgeThatDoesNotBearSharing: it looks at the connection's name and answers with another host's page.
func TestAnEdgeThatDoesNotBearSharing(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.ServerName+":" != strings.TrimRight(r.Host, "0123456789") {
			http.NotFound(w, r)
			return
		}
		ownCredentials(w, r)
	}, nil)
	via, targets := fleetAt(t, e, many(4))
	var ended []string
	via.shared.disabled = func(edge string) { ended = append(ended, edge) }
	for range 3 { // one by one
		for _, to := range targets {
			if r := to.ask(t.Context(), probe.StatusRequest); !r.Fault.None() {
				t.Errorf("%s: %s", to.Name, r.Fault.Reason)
			}
		}
	}
	_, port, _ := net.SplitHostPort(e.Listener.Addr().String())
	if len(ended) != 1 || ended[0] != "test:"+port || via.Sharing()["test:"+port] {
		t.Errorf("sharing ended for %v: %v", ended, via.Sharing())
	}
}

// TestAnOutageIsNotDoubledByDoubt: where a connection of one's own gets the same answer, few are asked once more.
func TestAnOutageIsNotDoubledByDoubt(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, nil)
	via, targets := fleetAt(t, e, many(60))
	for range 3 {
		if got := askAll(t, targets); got["upstream_error"] != 60 {
			t.Errorf("%v", got)
		}
	}
	if n := e.questions.Load(); n > 180+4 {
		t.Errorf("%d questions in place of 180", n)
	}
	for edge, shares := range via.Sharing() {
		if !shares {
			t.Errorf("sharing ended for %s", edge)
		}
	}
}

func TestAnEdgeThatSpeaksHTTP1(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, ownCredentials, func(s *httptest.Server) { s.EnableHTTP2 = false })
	_, targets := fleetAt(t, e, many(3))
	for range 4 {
		expectGood(t, targets)
	}
	if n := e.connections.Load(); n > 3+1 {
		t.Errorf("%d connections for 3 hosts", n)
	}
}

func TestClosedTransportsEndTheirConnections(t *testing.T) {
	gate := make(chan struct{})
	e := serveEdge(t, []string{"*.test"}, func(w http.ResponseWriter, r *http.Request) { <-gate; ownCredentials(w, r) }, nil)
	via, targets := fleetAt(t, e, many(2))
	var wg sync.WaitGroup
	wg.Go(func() { expectGood(t, targets) })
	for e.questions.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	via.Close() // what is under way goes on
	close(gate)
	wg.Wait()
	for deadline := time.Now().Add(5 * time.Second); via.Open() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open", via.Open())
		}
	}
}
