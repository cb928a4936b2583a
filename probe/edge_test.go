package probe

import (
	"fmt"
	"net/http"
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

// TestEdgeHasAnEndpointPerSetting: each distinct setting of its targets is an endpoint.
func TestEdgeHasAnEndpointPerSetting(t *testing.T) {
	const service = "https://octoeverywhere.com"
	a, b, c := at(t, "https://a.example.org", service), at(t, "https://b.example.org", service), at(t, "https://c.example.org", service)
	b.Settings.Key, c.Settings.Key = "other", "other"
	for _, e := range EdgesOf([]Target{a, b, c}) {
		if len(e.Endpoints) != 2 {
			t.Errorf("%s: %d endpoints for two settings", e.Name, len(e.Endpoints))
		}
	}
}

// TestEdgeIsUpIfOneEndpointIs: a wrong CA in one setting is no fault of the edge.
func TestEdgeIsUpIfOneEndpointIs(t *testing.T) {
	refused := Attempt{Phase: Connecting, ErrorKind: ConnRefused}
	untrusted, good := Attempt{Phase: Handshaking, ErrorKind: CertAuthority}, Attempt{Phase: ResponseRead}
	now := time.Unix(1_800_000_000, 0)
	s := EdgeStatus{Name: "e"}.Next(now, []Attempt{untrusted, good}, now)
	if !s.Up() || s.Since != now || s.Expiry != now {
		t.Errorf("%+v", s)
	}
	down := s.Next(now.Add(time.Minute), []Attempt{refused, untrusted}, time.Time{})
	if down.Up() || !down.Known() || down.Fault != fault.ConnectFailed || down.Since != now.Add(time.Minute) {
		t.Errorf("%+v", down)
	}
	if still := down.Next(now.Add(2*time.Minute), []Attempt{refused, untrusted}, time.Time{}); still.Since != down.Since {
		t.Errorf("the same fault begins again: %+v", still)
	}
}
