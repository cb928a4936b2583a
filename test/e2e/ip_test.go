package e2e

import (
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestIPProtocol: a relay that listens on IPv4 only is reached by its name unless the configuration excludes IPv4.
func TestIPProtocol(t *testing.T) {
	t.Parallel()
	relay := simulator.New(simulator.Options{Printers: 1, Seed: 1})
	srv := listen(t, relay, "127.0.0.1:0")
	url := strings.Replace(srv.URL(), "127.0.0.1", "localhost", 1) + "/p/" + relay.Printers()[0].ID
	for settings, reached := range map[string]bool{
		"preferred_ip_protocol: ip4":                              true,
		"preferred_ip_protocol: ip4, ip_protocol_fallback: false": true,
		"preferred_ip_protocol: ip6":                              true,
		"preferred_ip_protocol: ip6, ip_protocol_fallback: false": false,
	} {
		config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "defaults: {tls_config: {insecure_skip_verify: true}, %s}\nprinters: [{name: a, url: %q}]\n", settings, url)
		code, out := runProgram(t, nil, "probe", "a", "--config.file="+config)
		if reached == (code == exitNetwork) {
			t.Errorf("%s: exit code %d\n%s", settings, code, out)
		}
	}
}
