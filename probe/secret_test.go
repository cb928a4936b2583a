package probe

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const canary = "canary"

// secretive is a target with a canary in every place that can hold a secret.
func secretive(t *testing.T) Target {
	t.Helper()
	u, err := url.Parse("https://canary.octoeverywhere.com/canary?canary#canary")
	if err != nil {
		t.Fatal(err)
	}
	return Target{
		Name: "mk4-01", Interval: time.Minute, Timeout: time.Second,
		Address: NewAddress(u), Service: NewAddress(u),
		Authorization: NewSecret("Bearer canary"), AppToken: NewSecret("canary"),
		Settings: Settings{ProxyHeader: func() http.Header { return http.Header{"Proxy-Authorization": {"canary"}} }},
	}
}

// TestSecretsHideThemselves tries every way out: fmt, errors, JSON, and slog as text and JSON.
func TestSecretsHideThemselves(t *testing.T) {
	target := secretive(t)
	type nested struct {
		target Target // unexported: fmt does not call methods on what lies in here
		In     []Target
		By     map[string]*Target
	}
	inside := nested{target, []Target{target}, map[string]*Target{"a": &target}}
	var out bytes.Buffer
	named := secretive(t)
	named.Settings.TLS = &tls.Config{ServerName: "canary.example", MinVersion: tls.VersionTLS12}
	named.Service = NewAddress(&url.URL{Scheme: "https", Host: "octoeverywhere.com"})
	edges := EdgesOf([]Target{named})
	for _, v := range []any{target, &target, inside, &inside, target.Address, target.Authorization, &target.AppToken, named, &named, named.Settings, &named.Settings, edges, &edges[0]} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, fmt.Errorf("requesting %v: %w", v, fmt.Errorf("%v", v)))
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	for _, v := range []any{target.Address, target.Authorization, map[string]Secret{"a": target.AppToken}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	if i := strings.Index(out.String(), canary); i >= 0 {
		t.Errorf("shown: %.200s", out.String()[max(0, i-100):])
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing says that something is redacted")
	}
}

func TestSecretsCompareByWhatTheyHide(t *testing.T) {
	if a := NewSecret("a"); a != NewSecret(strings.Clone("a")) || NewSecret("a") == NewSecret("b") || NewSecret("") != (Secret{}) {
		t.Error("equal secrets differ, or other ones are equal")
	}
	if NewSecret("a").Reveal() != "a" || (Secret{}).Reveal() != "" || !(Secret{}).Empty() {
		t.Error("a secret does not give what it hides")
	}
}

// TestRequestsArePathsOfOursBelowTheAddress: no query is kept, and a prefix is, however it is written.
func TestRequestsArePathsOfOursBelowTheAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.octoeverywhere.com":                    "/octoeverywhere-command-api/ping",
		"https://a.octoeverywhere.com/":                   "/octoeverywhere-command-api/ping",
		"https://a.octoeverywhere.com/p/a":                "/p/a/octoeverywhere-command-api/ping",
		"https://a.octoeverywhere.com/p/a/?q=1#f":         "/p/a/octoeverywhere-command-api/ping",
		"https://a.octoeverywhere.com/p%2Fa/b":            "/p%2Fa/b/octoeverywhere-command-api/ping",
		"http://[::1]:8080/x/../../octoeverywhere/cancel": "/octoeverywhere/cancel/octoeverywhere-command-api/ping",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		r := Target{Address: NewAddress(u)}.NewRequest(PingRequest)
		if got := r.URL.RequestURI(); got != want || r.Host != u.Host || r.Method != http.MethodGet {
			t.Errorf("%s: %s %s at %s, not %s", address, r.Method, got, r.Host, want)
		}
	}
}
