package testkit

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The user of WebConfig, with a hash of the password that is quick to compute.
const (
	WebUser     = "prometheus"
	WebPassword = "correct horse"
	webHash     = "$2a$04$dsDkTjM4skLueKzgJo7VCO6uwUYeYlwmMO4cN9MJg9Rkt1mbD/xVG"
)

// Routes returns all routes that package web documents, with the names of a printer and of a file where they need one. A
// test there compares them with what is served.
func Routes(t testing.TB, printer string) (all []string) {
	t.Helper()
	doc, err := os.ReadFile("internal/web/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("target=NAME", "target="+printer, "NAME", printer, "FILE", "style.css")
	for _, m := range regexp.MustCompile(`(GET|POST|PUT) (/[^\s,]*)`).FindAllStringSubmatch(string(doc), -1) {
		all = append(all, m[1]+" "+names.Replace(m[2]))
	}
	if len(all) < 12 {
		t.Fatalf("only %v are documented", all)
	}
	return all
}

// WebConfig writes the web configuration that docs/security.md shows, with a certificate for this machine and a user's
// hash in it. It returns its path and the certificates to trust.
func WebConfig(t testing.TB) (path string, trusted *x509.CertPool) {
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
	WriteFile(t, dir, "exporter.crt", "%s", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}))
	WriteFile(t, dir, "exporter.key", "%s", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	trusted = x509.NewCertPool()
	trusted.AddCert(source.Certificate())
	return WriteFile(t, dir, "web.yaml", "%s", hash.ReplaceAllLiteral(example[1], []byte(webHash))), trusted
}
