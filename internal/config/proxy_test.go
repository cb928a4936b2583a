package config

import (
	"strings"
	"testing"

	"octoeverywhere_exporter/probe"
)

// TestProxyFromEnvironmentWithoutProxy is as without the key: printers share connections.
func TestProxyFromEnvironmentWithoutProxy(t *testing.T) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		t.Setenv(name, "")
	}
	files := map[string]string{"config.yaml": printer("a", "proxy_from_environment: true")}
	if s := mustLoad(t, files).Targets[0].Settings; s.Key != (probe.Settings{}).Key || s.Proxy != nil {
		t.Errorf("settings %q", s.Key)
	}
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:3")
	if s := mustLoad(t, files).Targets[0].Settings; s.Key == "" || s.Proxy == nil {
		t.Error("the proxy of the environment is not used")
	}
}

// TestProxyVariablesAreChecked: a variable that is not the address of a proxy is a warning, where it would be used. The warning does
// not contain the value, which may have a password.
func TestProxyVariablesAreChecked(t *testing.T) {
	const text = "HTTPS_PROXY: this environment variable is not the address of a proxy; use the form http://host:port"
	for value, isGood := range map[string]bool{
		"http://me:canary@proxy:3128": true, "proxy:3128": true, "socks5://proxy": true,
		"canary://proxy": false, ":::canary": false, "http://me:canary@[::1": false, "http://me:can ary": false, "http://proxy:canary": false,
	} {
		t.Setenv("HTTPS_PROXY", value)
		warnings := strings.Join(mustLoad(t, map[string]string{"config.yaml": printer("a", "proxy_from_environment: true")}).Warnings, "\n")
		if strings.Contains(warnings, text) == isGood || strings.Contains(warnings, "canary") {
			t.Errorf("%s: %s", value, warnings)
		}
		if c := mustLoad(t, map[string]string{"config.yaml": printer("a")}); strings.Contains(strings.Join(c.Warnings, "\n"), "PROXY") {
			t.Errorf("%s: a warning although the environment is not used", value)
		}
	}
}

func TestNoProxyWithTwoStars(t *testing.T) {
	_, _, err := load(t, map[string]string{"config.yaml": printer("a", "proxy_url: http://127.0.0.1:3", "no_proxy: '**.example.com'")})
	if err == nil || !strings.Contains(err.Error(), "config.yaml:5:15: printers[0].no_proxy: contains **, which matches no host; write .example.com") {
		t.Errorf("got %v", err)
	}
}
