package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/simulator/certificate"
	"octoeverywhere_exporter/test/testkit"
)

// TestUnicodeHosts: hosts in Unicode in a configuration file are resolved and verified in ASCII (IDNA), on shared and on
// dedicated connections and in the check of their edge.
func TestUnicodeHosts(t *testing.T) {
	pair, ca, err := certificate.New(certificate.Options{DNSNames: []string{"*.xn--bro-hoa.test"}})
	if err != nil {
		t.Fatal(err)
	}
	relay := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, testkit.StatusResponse)
	}))
	relay.EnableHTTP2, relay.TLS = true, &tls.Config{Certificates: []tls.Certificate{pair}}
	relay.StartTLS()
	defer relay.Close()
	_, port, _ := net.SplitHostPort(relay.Listener.Addr().String())

	names := testkit.NewNameServer(t, map[string][]string{"xn--drucker--7za.xn--bro-hoa.test": {"127.0.0.1"}, "xn--drucker--e6a.xn--bro-hoa.test": {"127.0.0.1"}})
	system := net.DefaultResolver
	net.DefaultResolver = names.Resolver()
	defer func() { net.DefaultResolver = system }()

	dir := t.TempDir()
	testkit.WriteFile(t, dir, "ca.pem", "%s", ca)
	config := testkit.WriteFile(t, dir, "config.yaml", `defaults: {interval: 1s, timeout: 1s, tls_config: {ca_file: ca.pem}}
service: {url: "https://drucker-ü.BÜRO.test:%[1]s"}
printers:
  - {name: a, url: "https://drucker-ä.büro.test:%[1]s", authorization: {credentials: token}}
  - {name: b, url: "https://DRUCKER-Ü.büro.test:%[1]s", authorization: {credentials: token}}
`, port)
	for name, dedicated := range map[string]bool{"shared": false, "dedicated": true} {
		t.Run(name, func(t *testing.T) {
			e, err := exporter.New(exporter.Options{ConfigFile: config, DisableSharing: dedicated})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- e.Run(ctx) }()
			want := []string{
				`octoeverywhere_probe_success{printer="a"} 1`, `octoeverywhere_probe_success{printer="b"} 1`,
				fmt.Sprintf(`octoeverywhere_edge_up{edge="xn--bro-hoa.test:%s"} 1`, port),
			}
			var text string
			for end := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				w := httptest.NewRecorder()
				e.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
				text = w.Body.String()
				if containsAll(text, want) {
					break
				}
				if time.Now().After(end) {
					t.Errorf("not all of %q are in:\n%s", want, text)
					break
				}
			}
			if open := map[bool]int{false: 1, true: 2}[dedicated]; !strings.Contains(text, fmt.Sprintf("octoeverywhere_exporter_connections_open %d\n", open)) {
				t.Errorf("not %d open connections:\n%s", open, text)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
