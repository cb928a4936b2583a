package fleet

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// edgeRecorder records changes of edges and panics.
type edgeRecorder struct {
	recorder
	edges []string
}

func (r *edgeRecorder) EdgeChanged(before, after probe.EdgeStatus) {
	r.edges = append(r.edges, fmt.Sprintf("%v>%v", before.Up(), after.Up()))
}

// tlsServer is an edge, and the settings that trust it.
func tlsServer(t *testing.T, connections *int) (*httptest.Server, *tls.Config) {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.ErrorLog = quiet()
	if connections != nil {
		srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				*connections++
			}
		}
	}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return srv, &tls.Config{RootCAs: roots}
}

// at is a printer behind a server.
func at(t *testing.T, srv *httptest.Server, s probe.Settings) probe.Target {
	t.Helper()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	a := probe.NewAddress(u)
	return probe.Target{Name: "a", Address: a, Service: a, Settings: s}
}

// edgesOf returns the edges of targets, and a function that checks the first one.
func edgesOf(t *testing.T, o Observer, targets ...probe.Target) (*Edges, func() probe.EdgeStatus) {
	f := New(Options{Observer: o})
	t.Cleanup(f.Close)
	es := f.NewEdges()
	edges := probe.EdgesOf(targets)
	es.Replace(edges)
	return es, func() probe.EdgeStatus {
		es.Check(t.Context(), edges[0].Name)
		return es.All()[0]
	}
}

func TestEdgeIsCheckedWithANewConnection(t *testing.T) {
	connections := 0
	srv, trust := tlsServer(t, &connections)
	_, check := edgesOf(t, nil, at(t, srv, probe.Settings{TLS: trust}))
	first := check()
	if !first.Up() || first.Expiry != srv.Certificate().NotAfter {
		t.Fatalf("%+v", first)
	}
	for _, p := range []probe.Phase{probe.Connecting, probe.Handshaking} {
		if first.Attempt.Durations[p] <= 0 {
			t.Errorf("%s took no time", p)
		}
	}
	second := check()
	if second.Since != first.Since {
		t.Error("an unchanged state has a new beginning")
	}
	srv.Close() // waits until the server has seen all connections
	if connections != 2 {
		t.Errorf("%d connections for two checks", connections)
	}
	down := check()
	if down.Fault != fault.ConnectFailed || down.Up() || !down.Known() || !down.Since.After(first.Since) {
		t.Errorf("%+v", down)
	}
}

// TestUntrustedEdgeShowsItsExpiry: a certificate that is not valid may be one that has expired.
func TestUntrustedEdgeShowsItsExpiry(t *testing.T) {
	srv, _ := tlsServer(t, nil)
	_, check := edgesOf(t, nil, at(t, srv, probe.Settings{}))
	if s := check(); s.Fault != fault.TLSFailed || s.Attempt.ErrorKind != probe.CertAuthority || s.Expiry.IsZero() {
		t.Errorf("%+v", s)
	}
}

// TestOneWrongCADoesNotFailTheEdge: an edge is up if one of the TLS settings of its printers connects.
func TestOneWrongCADoesNotFailTheEdge(t *testing.T) {
	connections := 0
	srv, trust := tlsServer(t, &connections)
	_, check := edgesOf(t, nil, at(t, srv, probe.Settings{Key: "wrong", TLS: &tls.Config{RootCAs: x509.NewCertPool()}}), at(t, srv, probe.Settings{Key: "right", TLS: trust}))
	if s := check(); !s.Up() {
		t.Errorf("%+v", s)
	}
	srv.Close()
	if connections != 2 {
		t.Errorf("%d connections for two settings", connections)
	}
}

func TestReloadKeepsWhatIsKnownOfEdges(t *testing.T) {
	srv := httptest.NewServer(nil)
	defer srv.Close()
	var seen edgeRecorder
	to := at(t, srv, probe.Settings{})
	es, check := edgesOf(t, &seen, to)
	if all := es.All(); len(all) != 1 || all[0].Known() {
		t.Fatalf("%+v", all)
	}
	check()
	check()
	es.Check(t.Context(), "nobody")
	es.Replace(probe.EdgesOf([]probe.Target{to}))
	if all := es.All(); !all[0].Up() || time.Since(all[0].At) > time.Minute {
		t.Errorf("%+v", all)
	}
	es.Replace(nil)
	if len(es.All()) != 0 || !slices.Equal(seen.edges, []string{"false>true"}) {
		t.Errorf("%v %v", es.All(), seen.edges)
	}
}

// TestPanicEndsItsEdgeCheckOnly: what was known stays, and the panic is reported.
func TestPanicEndsItsEdgeCheckOnly(t *testing.T) {
	srv, _ := tlsServer(t, nil)
	broken := &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error { panic("a bug") }}
	var seen edgeRecorder
	_, check := edgesOf(t, &seen, at(t, srv, probe.Settings{TLS: broken}))
	if s := check(); s.Known() || len(seen.panics) != 1 {
		t.Errorf("%+v, %q", s, seen.panics)
	}
}
