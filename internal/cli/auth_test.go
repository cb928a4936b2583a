package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// The user that the example of docs/security.md lets in, with a password that takes little to check.
const (
	webUser     = "prometheus"
	webPassword = "correct horse"
	webHash     = "$2a$04$dsDkTjM4skLueKzgJo7VCO6uwUYeYlwmMO4cN9MJg9Rkt1mbD/xVG"
)

// routes are all that package web documents, with a printer's and a file's name where one is wanted. A test there compares
// them with what is served.
func routes(t *testing.T, printer string) (all []string) {
	t.Helper()
	doc, err := os.ReadFile("internal/web/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("target=NAME", "target="+printer, "NAME", printer, "FILE", "style.css")
	for _, m := range regexp.MustCompile(`(GET|POST) (/[^\s,]*)`).FindAllStringSubmatch(string(doc), -1) {
		all = append(all, m[1]+" "+names.Replace(m[2]))
	}
	if len(all) < 12 {
		t.Fatalf("only %v are documented", all)
	}
	return all
}

// webConfig writes the web configuration that docs/security.md shows, with a certificate for this machine and a user's
// hash in it, and gives its path and who has to be trusted.
func webConfig(t *testing.T) (path string, trusted *x509.CertPool) {
	t.Helper()
	doc, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(tls_server_config:.*?)```").FindSubmatch(doc)
	if example == nil {
		t.Fatal("docs/security.md shows no web configuration")
	}
	hash := regexp.MustCompile(`\$2y\$\S+`)
	if !hash.Match(example[1]) {
		t.Fatal("the example has no user")
	}
	dir := t.TempDir()
	source := httptest.NewUnstartedServer(nil)
	source.StartTLS()
	defer source.Close()
	certificate := source.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, "exporter.crt", "%s", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}))
	file(t, dir, "exporter.key", "%s", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	trusted = x509.NewCertPool()
	trusted.AddCert(source.Certificate())
	return file(t, dir, "web.yaml", "%s", hash.ReplaceAllLiteral(example[1], []byte(webHash))), trusted
}

// listening serves the program's handler on a real address until the test ends.
func listening(t *testing.T, w webFlags, log *slog.Logger) (address, printer string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := exporter(t, 1)
	a.log = log
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := serveOn(ctx, l, a.handler(w, build{}), w, a.metrics.Refused, log); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return l.Addr().String(), a.fleet.Entries()[0].Target.Name
}

// TestNobodyGetsPastTheWebConfig: each route and each path that is none, with each way to ask, over TLS, by HTTP/1.1 and
// HTTP/2: 401 without the right user and password, with all headers; and the answer with them.
func TestNobodyGetsPastTheWebConfig(t *testing.T) {
	t.Parallel()
	path, trusted := webConfig(t)
	for what, w := range map[string]webFlags{
		"by default": {TelemetryPath: "/metrics"},
		"with all":   {TelemetryPath: "/metrics", EnableLifecycle: true, EnablePprof: true},
	} {
		w.ConfigFile, w.Limits = path, defaultLimits.Limits
		address, printer := listening(t, w, silent())
		for _, http2 := range []bool{false, true} {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, Protocols: new(http.Protocols)}
			transport.Protocols.SetHTTP1(!http2)
			transport.Protocols.SetHTTP2(http2)
			defer transport.CloseIdleConnections()
			asked := append(routes(t, printer),
				"GET /nowhere", "GET /debug/pprof/heap", "GET /debug/pprof/cmdline", "GET /debug/vars", "POST /", "TRACE /", "OPTIONS /", "HEAD /metrics",
				"GET /-/../metrics", "GET //metrics", "GET /-/sim/hits", "DELETE /api/v1/printers")
			for _, line := range asked {
				method, target, _ := strings.Cut(line, " ")
				for who, credentials := range map[string][2]string{"nobody": {}, "a stranger": {"x", webPassword}, "a guess": {webUser, "x"}, "the user": {webUser, webPassword}} {
					req, err := http.NewRequestWithContext(t.Context(), method, "https://"+address+target, nil)
					if err != nil {
						t.Fatal(err)
					}
					if who != "nobody" {
						req.SetBasicAuth(credentials[0], credentials[1])
					}
					resp, err := transport.RoundTrip(req)
					if err != nil {
						t.Fatalf("%s: %s: %s: %v", what, line, who, err)
					}
					body, err := io.ReadAll(resp.Body)
					if err != nil {
						t.Fatal(err)
					}
					_ = resp.Body.Close()
					if (resp.ProtoMajor == 2) != http2 {
						t.Fatalf("%s was spoken", resp.Proto)
					}
					checkAnswer(t, what+": "+line+" by "+who, resp, body, who == "the user", w, line)
				}
			}
		}
	}
}

func checkAnswer(t *testing.T, what string, resp *http.Response, body []byte, let bool, w webFlags, line string) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=31536000", "Server": "",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %s: %q", what, name, got)
		}
	}
	if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%s: %v", what, resp.Header)
	}
	if !let {
		if resp.StatusCode != http.StatusUnauthorized || len(body) > len("Unauthorized\n") {
			t.Errorf("%s: %s: %s", what, resp.Status, body)
		}
		return
	}
	want := expected(line, w)
	if resp.StatusCode != want {
		t.Errorf("%s: %s, not %d", what, resp.Status, want)
	}
}

// expected is how a request of the user is answered.
func expected(line string, w webFlags) int {
	method, path, _ := strings.Cut(line, " ")
	switch {
	case strings.Contains(path, "nowhere"), strings.Contains(path, "/debug/vars"), strings.Contains(path, "/sim/"), strings.HasSuffix(path, "/cmdline"):
		return http.StatusNotFound
	case strings.HasPrefix(path, "/debug/pprof/") && !w.EnablePprof:
		return http.StatusNotFound
	case method == http.MethodPost && strings.HasPrefix(path, "/-/") && !w.EnableLifecycle:
		return http.StatusForbidden
	case path == "/-/../metrics", path == "//metrics":
		return http.StatusTemporaryRedirect
	case method == http.MethodGet, method == http.MethodHead, strings.HasPrefix(path, "/-/"):
		return http.StatusOK
	}
	return http.StatusMethodNotAllowed
}

// TestTLSIsNotOptional: with a certificate configured nothing is answered without TLS, nor with an old one.
func TestTLSIsNotOptional(t *testing.T) {
	t.Parallel()
	path, trusted := webConfig(t)
	w := defaultLimits
	w.ConfigFile = path
	address, _ := listening(t, w, silent())
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest || bytes.Contains(body, []byte("octoeverywhere")) {
		t.Errorf("%s: %s", resp.Status, body)
	}
	_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}
