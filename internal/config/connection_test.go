package config

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// TestSettingsKey checks that equal settings have the same key, and that the key contains no secret.
func TestSettingsKey(t *testing.T) {
	a, b := newAuthority(t), newAuthority(t)
	c := mustLoad(t, map[string]string{
		"a.pem": a.cert, "b.pem": b.cert, "copy.pem": a.cert, "client.key": a.key,
		"config.yaml": "defaults:\n  tls_config: {ca_file: a.pem}\n  proxy_url: http://me:pr0xyS3cret@proxy:3128\nprinters:\n" +
			entry("  ", "0 as the defaults") +
			entry("  ", "1 the same, written differently", "tls_config: {ca_file: copy.pem, insecure_skip_verify: false}") +
			entry("  ", "2 another authority", "tls_config: {ca_file: b.pem}") +
			entry("  ", "3 no authority", "tls_config: {}") +
			entry("  ", "4 no proxy", "proxy_from_environment: false") +
			entry("  ", "5 nothing", "tls_config: {}", "proxy_from_environment: false") +
			entry("  ", "6 the same proxy", "proxy_url: http://me:pr0xyS3cret@proxy:3128") +
			entry("  ", "7 headers", "proxy_url: http://proxy", "proxy_connect_header: {x-b: [one, two], x-a: [three]}") +
			entry("  ", "8 headers in another order", "proxy_url: http://proxy", "proxy_connect_header: {X-A: [three], X-B: [one, two]}") +
			entry("  ", "9 other headers", "proxy_url: http://proxy", "proxy_connect_header: {X-A: [three], X-B: [one, 2]}") +
			entry("  ", "10 a client", "tls_config: {cert_file: a.pem, key_file: client.key, server_name: x, min_version: TLS13, max_version: TLS13}"),
	})
	group := map[string]int{}
	var groups []int
	for _, target := range c.Targets {
		key := target.Settings.Key
		if _, ok := group[key]; !ok {
			group[key] = len(group)
		}
		groups = append(groups, group[key])
		if strings.Contains(key, "pr0xyS3cret") {
			t.Error("the key contains a secret")
		}
	}
	if d := cmp.Diff([]int{0, 0, 1, 2, 3, 4, 0, 5, 5, 6, 7}, groups); d != "" {
		t.Error(d)
	}
	if c.Targets[0].Settings.TLS != c.Targets[1].Settings.TLS {
		t.Error("equal settings do not share a TLS configuration")
	}
	if s := c.Targets[5].Settings; s.Key != "" || s.TLS != nil || s.Proxy != nil || s.ProxyHeader != nil {
		t.Error("the defaults are not the zero value")
	}
	if d := cmp.Diff(http.Header{"X-A": {"three"}, "X-B": {"one", "two"}}, c.Targets[7].Settings.ProxyHeader()); d != "" {
		t.Error(d)
	}
	client := c.Targets[10].Settings.TLS
	certificate, err := client.GetClientCertificate(nil)
	if err != nil || len(certificate.Certificate) != 1 || client.ServerName != "x" || client.MinVersion != client.MaxVersion {
		t.Errorf("client %v, %v", client, err)
	}
}

func TestProxyIsUsed(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://environment:3128")
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"none":                {nil, ""},
		"a proxy":             {[]string{"proxy_url: socks5://proxy:1080"}, "socks5://proxy:1080"},
		"not for this host":   {[]string{"proxy_url: http://proxy:3128", "no_proxy: .octoeverywhere.com"}, ""},
		"not for others":      {[]string{"proxy_url: http://proxy:3128", "no_proxy: other.example"}, "http://proxy:3128"},
		"of the environment":  {[]string{"proxy_from_environment: true"}, "http://environment:3128"},
		"not the environment": {[]string{"proxy_from_environment: false"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			target, got := loadOne(t, "", c.lines...), ""
			if target.Settings.Proxy != nil {
				u, err := target.Settings.Proxy(&http.Request{URL: mustParse(t, target.Address.Reveal())})
				if err != nil {
					t.Fatal(err)
				}
				if u != nil {
					got = u.String()
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestIPPreference: a printer overrides each key of defaults by itself.
func TestIPPreference(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": `defaults: {preferred_ip_protocol: ip4, ip_protocol_fallback: false}
printers:
  - {name: a, url: "https://127.0.0.1:1"}
  - {name: b, url: "https://127.0.0.1:2", ip_protocol_fallback: true}
  - {name: c, url: "https://127.0.0.1:3", preferred_ip_protocol: ip6}
`})
	want := []probe.IPPreference{{Protocol: probe.IP4, NoFallback: true}, {Protocol: probe.IP4}, {Protocol: probe.IP6, NoFallback: true}}
	keys := map[string]bool{}
	for i, target := range c.Targets {
		if target.Settings.IP != want[i] {
			t.Errorf("%s: %+v", target.Name, target.Settings.IP)
		}
		keys[target.Settings.Key] = true
	}
	if len(keys) != len(want) {
		t.Errorf("printers with different settings share connections: %d keys", len(keys))
	}
	for fields, want := range map[string]string{
		"preferred_ip_protocol: ipv4": "printers[0].preferred_ip_protocol: must be ip4 or ip6",
		"ip_protocol_fallback: false": "printers[0].ip_protocol_fallback: requires preferred_ip_protocol",
	} {
		if _, _, err := load(t, map[string]string{"config.yaml": printer("a", fields)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fields, err, want)
		}
	}
}
