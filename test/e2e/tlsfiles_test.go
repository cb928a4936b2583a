package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// newCertificate returns a new certificate for loopback and its key, in PEM.
func newCertificate(t *testing.T) (certificate *x509.Certificate, certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// TestLastValidCertificateIsKept: while the certificate and the key do not match or one is missing, TLS works as before. Each
// problem is logged once, with a metric.
func TestLastValidCertificateIsKept(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	web, trusted := testkit.WebConfig(t)
	dir := filepath.Dir(web)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	address := testkit.FreeAddress(t)
	p := testkit.Start(t, testkit.Program("serve", "--config.file="+path, "--web.config.file="+web, "--web.listen-address="+address), address)

	// reached returns the metric, and the serial number of the certificate, of a new connection; "" where there is none.
	reached := func() (metric, serial string) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, DisableKeepAlives: true}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(testkit.WebUser, testkit.WebPassword)
		resp, err := client.Do(r)
		if err != nil {
			return "", ""
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "\noctoeverywhere_exporter_web_config_last_reload_successful ")
		return rest[:min(1, len(rest))], resp.TLS.PeerCertificates[0].SerialNumber.String()
	}
	var first string
	p.Until("it is ready", func() bool {
		metric, serial := reached()
		first = serial
		return metric == "1"
	})

	config, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	certificate, certPEM, keyPEM := newCertificate(t)
	trusted.AddCert(certificate)
	for _, step := range []struct{ file, content, problem string }{
		{"exporter.crt", string(certPEM), "names a certificate and a key that do not match"},
		{"exporter.crt", string(certPEM) + "\n", "names a certificate and a key that do not match"}, // the same: not logged again
		{"web.yaml", strings.ReplaceAll(string(config), "exporter.crt", "renamed.crt"), "names a file that cannot be read (cert_file)"},
		{"exporter.key", "", "tls_server_config.key_file names a file that is empty"},
	} {
		testkit.WriteFile(t, dir, step.file, "%s", step.content)
		p.Signal(syscall.SIGHUP)
		p.Until("the problem is shown", func() bool {
			metric, serial := reached()
			if serial != first {
				t.Fatalf("%s: a handshake shows %q, not the last valid certificate", step.problem, serial)
			}
			return metric == "0" && strings.Contains(p.Output(), step.problem)
		})
	}
	if n := strings.Count(p.Output(), `"level":"ERROR"`); n != 3 {
		t.Errorf("%d errors are logged, want one for each of three problems:\n%s", n, p.Output())
	}

	testkit.WriteFile(t, dir, "renamed.crt", "%s", certPEM)
	testkit.WriteFile(t, dir, "exporter.key", "%s", keyPEM)
	p.Signal(syscall.SIGHUP)
	p.Until("the new certificate is used", func() bool {
		metric, serial := reached()
		return metric == "1" && serial == certificate.SerialNumber.String()
	})
	if !strings.Contains(p.Output(), `"level":"INFO","msg":"web configuration valid again"`) {
		t.Errorf("it does not log that all is well again:\n%s", p.Output())
	}
}

// TestWebConfigIsReadAsAWhole: the exporter does not start with client certificates or a certificate of its own that would be
// skipped in part, and says which.
func TestWebConfigIsReadAsAWhole(t *testing.T) {
	t.Parallel()
	_, certPEM, keyPEM := newCertificate(t)
	certificate, cut := string(certPEM), string(certPEM[:len(certPEM)/2])
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration("http://127.0.0.1:1", "a"))
	for name, c := range map[string]struct{ cert, clientCA, want string }{
		"a chain that is cut off":        {certificate + cut, certificate, "tls_server_config.cert_file has a PEM block that is cut off or damaged (block 2, "},
		"a byte order mark":              {byteOrderMark + certificate, certificate, "tls_server_config.cert_file begins with a byte order mark"},
		"a client CA that is cut off":    {certificate, certificate + cut, "tls_server_config.client_ca_file has a PEM block that is cut off or damaged (block 2, "},
		"a client CA behind such a mark": {certificate, byteOrderMark + certificate + certificate, "tls_server_config.client_ca_file begins with a byte order mark"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			testkit.WriteFile(t, dir, "exporter.crt", "%s", c.cert)
			testkit.WriteFile(t, dir, "exporter.key", "%s", keyPEM)
			testkit.WriteFile(t, dir, "clients.crt", "%s", c.clientCA)
			web := testkit.WriteFile(t, dir, "web.yaml", "tls_server_config: {cert_file: exporter.crt, key_file: exporter.key, client_ca_file: clients.crt, client_auth_type: RequireAndVerifyClientCert}\n")
			code, out := runProgram(t, nil, "serve", "--config.file="+config, "--web.config.file="+web, "--web.listen-address=127.0.0.1:0")
			if code != exitFailed || !strings.Contains(out, c.want) {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
}
