package probe

import (
	"net/url"
	"strings"
	"testing"
)

// TestReflectedSecretsAreNotExported: a server that sends the request back as its platform version is recognized.
func TestReflectedSecretsAreNotExported(t *testing.T) {
	const id, prefix, token, app = "app-0123456789abcdef", "prefix-0123456789abcdef", "token-0123456789abcdef", "apptoken-0123456789abcdef"
	target := Target{
		Address:       NewAddress(&url.URL{Scheme: "https", Host: id + ".octoeverywhere.com:8443", Path: "/p/" + prefix}),
		Authorization: NewSecret("Bearer " + token), AppToken: NewSecret(app),
	}
	for text, want := range map[string]bool{
		"OctoPrint 1.11.2": false, "": false,
		"GET https://" + id + ".octoeverywhere.com": true,
		"/p/" + prefix + "/octoeverywhere":          true,
		"Bearer " + token:                           true,
		"AppToken: " + app:                          true,
		strings.Repeat("x", 80) + token[:20]:        true, // cut to what a version may hold
	} {
		if got := target.reflects(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	short := Target{Address: NewAddress(&url.URL{Scheme: "https", Host: "moonraker.lan"}), Authorization: NewSecret("Bearer v0")}
	if short.reflects("moonraker v0.9.3-41-g0123456789abcdef") {
		t.Error("a short name is found by chance")
	}
	if (Target{}).reflects("OctoPrint 1.11.2 on something") {
		t.Error("a target without secrets has one")
	}
}
