package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestProxyFromEnvironment: the proxy of the environment is used, and where the environment has none, the printer is reached as
// without the key.
func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	t.Cleanup(proxy.Close)
	relay, _ := relayOf(t)
	for variables, c := range map[string]struct {
		url  string
		code int
		want string
	}{
		"HTTPS_PROXY=" + proxy.URL: {"https://printer.invalid", exitNetwork, "proxy auth required"},
		"HTTPS_PROXY=":             {relay.URL, 0, ""},
	} {
		config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "printers: [{name: a, url: %q, proxy_from_environment: true}]\n", c.url)
		code, out := runProgram(t, []string{variables, "https_proxy=", "NO_PROXY=", "no_proxy="}, "probe", "a", "--config.file="+config)
		if code != c.code || !strings.Contains(strings.ToLower(out), c.want) {
			t.Errorf("%s: exit code %d\n%s", variables, code, out)
		}
	}
}
