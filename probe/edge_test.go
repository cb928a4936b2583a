package probe

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func at(t *testing.T, address, service string) Target {
	t.Helper()
	a, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	return Target{Address: NewAddress(a), Service: NewAddress(s)}
}

// TestEdgesAreNamedByWhatPrintersShare: a printer's own name is a credential and never a label.
func TestEdgesAreNamedByWhatPrintersShare(t *testing.T) {
	const service = "https://octoeverywhere.com"
	proxied := at(t, "https://canary.example.org", "https://example.org")
	proxied.Settings.Proxy = http.ProxyFromEnvironment
	var names []string
	edges := EdgesOf([]Target{
		at(t, "https://canary1.octoeverywhere.com", service),
		at(t, "https://canary2.octoeverywhere.com/x", service),
		at(t, "https://canary3.eu.octoeverywhere.com:443", service),
		at(t, "https://canary4.example.net:8443", service),
		at(t, "http://127.0.0.1:18790/p/canary5", service),
		at(t, "http://[::1]:80/p/canary6", service),
		at(t, "https://canary7", service),
		at(t, "https://canary8.:8443", service),
		at(t, "https://localhost:8443/p/canary9", service),
		proxied,
	})
	for _, e := range edges {
		names = append(names, e.Name)
	}
	want := []string{
		".", ".:8443", "127.0.0.1:18790", "::1", "eu.octoeverywhere.com", "example.net:8443", "localhost:8443", "octoeverywhere.com",
	}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	if s := fmt.Sprintf("%+v %#v", edges, edges); strings.Contains(s, "canary") {
		t.Errorf("an edge shows a printer: %s", s)
	}
}

func TestAnEdgeIsTriedWithAFreshConnection(t *testing.T) {
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.ErrorLog = quiet()
	connections := 0
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections++
		}
	}
	srv.StartTLS()
	to := at(t, srv.URL, srv.URL)
	to.Settings.TLS = trust(srv)
	e := EdgesOf([]Target{to})[0]
	first, ok := e.Try(t.Context(), EdgeStatus{})
	if !ok || !first.Up() || first.Expiry != srv.Certificate().NotAfter {
		t.Fatalf("%+v", first)
	}
	for _, s := range []Phase{Connecting, Handshaking} {
		if first.Attempt.Durations[s] <= 0 {
			t.Errorf("%s took no time", s)
		}
	}
	second, _ := e.Try(t.Context(), first)
	if second.Since != first.Since {
		t.Error("a verdict that stays begins anew")
	}
	srv.Close() // waits until the server has seen all connections
	if connections != 2 {
		t.Errorf("%d connections for two trials", connections)
	}
	down, _ := e.Try(t.Context(), second)
	if down.Fault != fault.ConnectFailed || down.Up() || !down.Known() || !down.Since.After(first.Since) {
		t.Errorf("%+v", down)
	}
}

// TestAnUntrustedEdgeShowsItsExpiryAllTheSame: that is when one wants to know it.
func TestAnUntrustedEdgeShowsItsExpiryAllTheSame(t *testing.T) {
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	defer srv.Close()
	e := EdgesOf([]Target{at(t, srv.URL, srv.URL)})[0]
	s, _ := e.Try(t.Context(), EdgeStatus{})
	if s.Fault != fault.TLSFailed || s.Attempt.ErrorKind != CertAuthority || s.Expiry.IsZero() {
		t.Errorf("%+v", s)
	}
}

func TestEdgesKeepWhatIsKnownAcrossAReload(t *testing.T) {
	srv := httptest.NewServer(nil)
	defer srv.Close()
	var changes []string
	es := NewEdges(func(before, after EdgeStatus) {
		changes = append(changes, fmt.Sprintf("%v>%v", before.Up(), after.Up()))
	}, nil)
	edges := EdgesOf([]Target{at(t, srv.URL, srv.URL)})
	es.Replace(edges)
	if all := es.All(); len(all) != 1 || all[0].Known() {
		t.Fatalf("%+v", all)
	}
	es.Try(t.Context(), edges[0].Name)
	es.Try(t.Context(), edges[0].Name)
	es.Try(t.Context(), "nobody")
	es.Replace(edges)
	if all := es.All(); !all[0].Up() || time.Since(all[0].At) > time.Minute {
		t.Errorf("%+v", all)
	}
	es.Replace(nil)
	if len(es.All()) != 0 || !cmp.Equal(changes, []string{"false>true"}) {
		t.Errorf("%v %v", es.All(), changes)
	}
}
