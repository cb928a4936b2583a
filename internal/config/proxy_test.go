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

func TestNoProxyWithTwoStars(t *testing.T) {
	_, _, err := load(t, map[string]string{"config.yaml": printer("a", "proxy_url: http://127.0.0.1:3", "no_proxy: '**.example.com'")})
	if err == nil || !strings.Contains(err.Error(), "config.yaml:5:15: printers[0].no_proxy: contains **, which matches no host; write .example.com") {
		t.Errorf("got %v", err)
	}
}
