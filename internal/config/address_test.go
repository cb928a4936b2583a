package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestHostNamesAreNormalized checks that an address has the same ASCII form however its host is written.
func TestHostNamesAreNormalized(t *testing.T) {
	for text, want := range map[string]string{
		"https://büro.example/p":        "https://xn--bro-hoa.example/p",
		"https://BÜRO.Example:443/p":    "https://xn--bro-hoa.example/p",
		"https://xn--bro-hoa.example/p": "https://xn--bro-hoa.example/p",
		"https://b%C3%BCro.example/p":   "https://xn--bro-hoa.example/p",
		"https://büro.example:8443":     "https://xn--bro-hoa.example:8443/",
		"https://プリンター.example":         "https://xn--5ck4bxctb7b.example/",
		"https://ｐｒｉｎｔｅｒ。example":       "https://printer.example/",
		"https://MY_Relay.example/P":    "https://my_relay.example/P",
		"https://[FE80::1]:8443":        "https://[fe80::1]:8443/",
		"http://１２７.0.0.1:80/p":         "http://127.0.0.1/p",
	} {
		c := mustLoad(t, map[string]string{"config.yaml": fmt.Sprintf("service: {url: %q}\nprinters: [{name: a, url: %[1]q}]\n", text)})
		if got := c.Targets[0].Address.Reveal(); got != want {
			t.Errorf("%s: the printer's address is %s, want %s", text, got, want)
		}
		if got := c.Service.Reveal(); got != want {
			t.Errorf("%s: the service's address is %s, want %s", text, got, want)
		}
	}
}

func TestProxyHostIsNormalized(t *testing.T) {
	a := loadOne(t, "", "proxy_url: http://me:pass@PROXY-Büro.example:3128").Settings
	b := loadOne(t, "", "proxy_url: http://me:pass@xn--proxy-bro-w9a.example:3128").Settings
	u, err := a.Proxy(nil)
	if err != nil || u.Host != "xn--proxy-bro-w9a.example:3128" || a.Key != b.Key {
		t.Errorf("got %v, %v", u.Redacted(), err)
	}
}

// TestInvalidHostNames checks that a host without an ASCII form, or with an empty label, is an error that does not show it.
func TestInvalidHostNames(t *testing.T) {
	for _, host := range []string{"büro_1.example", "bü\u200dro.example", "-bü.example", "büro.example\u2024evil", "b%FFro.example", "[fe80::1%25ü]", "a..example", ".example"} {
		for key, main := range map[string]string{
			"printers[0].url":       "printers: [{name: a, url: %q}]\n",
			"service.url":           "service: {url: %q}\nprinters: [{name: a, url: 'https://a.example'}]\n",
			"printers[0].proxy_url": "printers: [{name: a, url: 'https://a.example', proxy_url: %q}]\n",
		} {
			_, _, err := load(t, map[string]string{"config.yaml": fmt.Sprintf(main, "https://"+host)})
			if err == nil || !strings.Contains(err.Error(), key+": "+invalidHost) || strings.Contains(err.Error(), host) {
				t.Errorf("%s: %q: %v", key, host, err)
			}
		}
	}
}

// TestEqualHostsAreOneAddress checks that two forms of a host are the same address.
func TestEqualHostsAreOneAddress(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": "printers: [{name: a, url: 'https://BÜRO.example'}, {name: b, url: 'https://xn--bro-hoa.example/'}]\n"})
	if !slices.Contains(c.Warnings, `"a" and "b": `+string(duplicateAddress)) || c.Targets[0].Address.Secret != c.Targets[1].Address.Secret {
		t.Errorf("warnings %q", c.Warnings)
	}
	_, _, err := load(t, map[string]string{"config.yaml": "printers: [{name: a, url: 'https://ｏｃｔｏｅｖｅｒｙｗｈｅｒｅ.com/x'}]\n"})
	if err == nil || !strings.Contains(err.Error(), "OctoEverywhere's own website") {
		t.Errorf("got %v", err)
	}
}
