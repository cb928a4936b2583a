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
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// edgeServer is an edge with many hosts.
type edgeServer struct {
	*httptest.Server
	requests atomic.Int32
	roots    *x509.CertPool

	mu    sync.Mutex
	conns []edgeConn
}

// edgeConn is a connection of an edge.
type edgeConn struct {
	net.Conn
	hosts map[string]bool // that sent requests on it
}

// connKey is the context key of a connection's index in conns.
type connKey struct{}

// serveEdge serves h with a certificate for names, by HTTP/2 unless prepare says otherwise.
func serveEdge(t *testing.T, names []string, h http.HandlerFunc, prepare func(*httptest.Server)) *edgeServer {
	t.Helper()
	e := &edgeServer{roots: x509.NewCertPool()}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.requests.Add(1)
		e.mu.Lock()
		e.conns[r.Context().Value(connKey{}).(int)].hosts[r.Host] = true
		e.mu.Unlock()
		h(w, r)
	}))
	e.Config.ErrorLog = quiet()
	e.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.conns = append(e.conns, edgeConn{c, map[string]bool{}})
		return context.WithValue(ctx, connKey{}, len(e.conns)-1)
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

// connections is the number of connections that were made.
func (e *edgeServer) connections() int { return len(e.hosts()) }

// hosts returns of each connection how many hosts sent requests on it, sorted.
func (e *edgeServer) hosts() (hosts []int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.conns {
		hosts = append(hosts, len(c.hosts))
	}
	slices.Sort(hosts)
	return hosts
}

// drop closes the connection of a request.
func (e *edgeServer) drop(r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.conns[r.Context().Value(connKey{}).(int)].Close()
}

func (e *edgeServer) port() string {
	_, port, _ := net.SplitHostPort(e.Listener.Addr().String())
	return port
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

// fleetAt returns a printer for each host, all with one transport that resolves names by n.
func fleetAt(t *testing.T, e *edgeServer, n names) (*Transport, map[string]printer) {
	t.Helper()
	transport := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, false)
	n.use(transport)
	return transport, printersAt(e, n, transport)
}

// printersAt returns a printer for each host, by host.
func printersAt(e *edgeServer, n names, transport *Transport) map[string]printer {
	printers := map[string]printer{}
	for host := range n {
		u := &url.URL{Scheme: "https", Host: net.JoinHostPort(host, e.port())}
		printers[host] = printer{probe.Target{
			Name: host, Interval: time.Minute, Timeout: patience, Address: probe.NewAddress(u), Service: probe.NewAddress(u),
			Authorization: probe.NewSecret("Bearer " + host),
		}, transport}
	}
	return printers
}

// manyHosts returns n hosts at one address.
func manyHosts(n int) names {
	all := names{}
	for i := range n {
		all[fmt.Sprintf("p%d.test", i)] = []string{"127.0.0.1"}
	}
	return all
}

// probeAll sends status requests to all printers at once, and counts the reasons of their faults; "" is success.
func probeAll(t *testing.T, printers map[string]printer) map[string]int {
	t.Helper()
	var mu sync.Mutex
	reasons := map[string]int{}
	var wg sync.WaitGroup
	for _, to := range printers {
		wg.Go(func() {
			r := to.send(t.Context(), probe.StatusRequest)
			mu.Lock()
			defer mu.Unlock()
			reasons[r.Fault.Reason]++
		})
	}
	wg.Wait()
	return reasons
}

// expectHealthy sends status requests to all printers at once. All have to succeed.
func expectHealthy(t *testing.T, printers map[string]printer) {
	t.Helper()
	if got := probeAll(t, printers); got[""] != len(printers) {
		t.Errorf("of %d: %v", len(printers), got)
	}
}

// requireCredentials responds with 606 to a request without the credentials of its host, whatever connection it comes on.
func requireCredentials(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Header.Get("Authorization") != "Bearer "+host {
		w.WriteHeader(606)
		return
	}
	_, _ = io.WriteString(w, idle)
}
