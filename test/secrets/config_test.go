package secrets

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// clientPEM is a client's certificate and key. The certificate contains the mark, the key is a secret as a whole.
func clientPEM(t *testing.T, secrets *testkit.Canaries) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: mark + " client"}, DNSNames: []string{mark + ".client.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	for what, text := range map[string]string{"the client's certificate": cert, "the client's key": key} {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "-") && len(line) > testkit.CanaryWindow {
				secrets.Add(what, strings.TrimSpace(line))
			}
		}
	}
	return cert, key
}

// indented returns a text as a YAML block scalar.
func indented(text string, indent int) string {
	var b bytes.Buffer
	b.WriteString("|\n")
	for line := range strings.Lines(text) {
		b.WriteString(strings.Repeat(" ", indent) + line)
	}
	return b.String()
}

// everySecret is a configuration of simulated printers with a secret in each key: as text and in a file, in defaults and
// per printer. generation changes some of them.
type everySecret struct {
	dir       string
	relay     *simulator.Relay
	cert, key string
}

func (c everySecret) write(t *testing.T, generation int) (path, text string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `defaults:
  interval: 30s
  timeout: 10s
  labels: {site: hall}
  proxy_url: "http://%[1]suser:%[1]spass%[2]d@%[1]sproxy.example:3128"
  no_proxy: "%[1]s.example,10.0.0.0/8"
  proxy_connect_header: {X-Key: ["%[1]sheader"], Proxy-Authorization: ["Basic %[1]sbasic"]}
  tls_config:
    server_name: %[1]sname.example
    ca: %[3]sservice: {url: "https://%[4]s"}
printers:
`, mark, generation, indented(c.cert, 6), c.relay.Domain())
	printers := c.relay.Printers()
	for i, p := range printers[:len(printers)-2] {
		b.WriteString(c.entry(t, i, p))
	}
	b.WriteString("printer_files: [printers.d/*.yaml]\n")
	var more strings.Builder
	for i, p := range printers[len(printers)-2:] {
		more.WriteString(strings.ReplaceAll(c.entry(t, i, p), "secrets/", "../secrets/"))
	}
	testkit.WriteFile(t, c.dir, "printers.d/more.yaml", "%s", more.String())
	return testkit.WriteFile(t, c.dir, "config.yaml", "%s", b.String()), b.String()
}

// entry returns the entry of a printer. Entries differ in how they hold secrets.
func (c everySecret) entry(t *testing.T, i int, p simulator.Printer) string {
	t.Helper()
	secret := func(kind, text string) string {
		testkit.WriteFile(t, c.dir, "secrets/"+p.Name+"."+kind, "%s\n", text)
		return "secrets/" + p.Name + "." + kind
	}
	address := "https://" + p.ID + "." + c.relay.Domain()
	if i%3 == 2 {
		address = "https://" + c.relay.Domain() + "/p/" + p.ID
	}
	lines := []string{"name: " + p.Name}
	inFile := i%2 == 1
	pair := func(key, text string) string {
		if inFile {
			return fmt.Sprintf("%s_file: %q", key, secret(key, text))
		}
		return fmt.Sprintf("%s: %q", key, text)
	}
	lines = append(lines, pair("url", address))
	switch {
	case i == 7:
		lines = append(lines, fmt.Sprintf("authorization: {type: %sScheme, credentials: %q}", mark, p.Bearer+mark))
	case p.Bearer != "":
		lines = append(lines, "authorization: {"+pair("credentials", p.Bearer)+"}")
	default:
		lines = append(lines, "basic_auth: {"+pair("username", p.Username)+", "+pair("password", p.Password)+"}")
	}
	if p.AppToken != "" {
		lines = append(lines, pair("app_token", p.AppToken))
	}
	switch i % 6 {
	case 3:
		lines = append(lines, fmt.Sprintf("proxy_url: 'socks5://%[1]sown:%[1]sown@%[1]sown.example:1080'", mark),
			fmt.Sprintf("proxy_connect_header: {X-Own: ['%sown']}", mark))
	case 4:
		lines = append(lines, "tls_config:\n      cert: "+indented(c.cert, 8)+"      key: "+indented(c.key, 8)+"      server_name: "+mark+"own.example")
	case 5:
		lines = append(lines, fmt.Sprintf("tls_config: {ca_file: %q, cert_file: %q, key_file: %q}",
			secret("ca", c.cert), secret("cert", c.cert), secret("key", c.key)))
	}
	return "  - " + strings.Join(lines, "\n    ") + "\n"
}

// userErrors are invalid configurations with a secret in the wrong key.
var userErrors = map[string]string{
	"a token and nothing else":     mark + "\n",
	"an unknown key with a secret": "printers:\n  - name: a\n    tokn: " + mark + "\n",
	"a secret as a key":            "printers:\n  - {name: a, " + mark + ": x}\n",
	"an address as a key":          "printers:\n  - https://" + mark + ".octoeverywhere.com:\n",
	"an address as an entry":       "printers:\n  - https://" + mark + ".octoeverywhere.com\n",
	"an address as a name":         "printers:\n  - name: https://" + mark + ".octoeverywhere.com\n",
	"an address as an interval":    "defaults: {interval: https://" + mark + ".octoeverywhere.com}\nprinters: []\n",
	"an address as a timeout":      "printers: [{name: a, url: 'https://" + mark + ".octoeverywhere.com', timeout: 'https://" + mark + ".example'}]\n",
	"an address as a label":        "printers: [{name: a, url: 'https://" + mark + ".octoeverywhere.com', labels: {'https://" + mark + "': x}}]\n",
	"an address as a pattern":      "printer_files: ['https://" + mark + ".example/[']\n",
	"an address with a user":       "printers: [{name: a, url: 'https://me:" + mark + "@" + mark + ".octoeverywhere.com'}]\n",
	"an address with a query":      "printers: [{name: a, url: 'https://" + mark + ".octoeverywhere.com/?token=" + mark + "'}]\n",
	"an address without TLS":       "printers: [{name: a, url: 'http://" + mark + ".octoeverywhere.com'}]\n",
	"an address with a bad port":   "printers: [{name: a, url: 'https://" + mark + ".octoeverywhere.com:" + mark + "'}]\n",
	"an address that is none":      "printers: [{name: a, url: 'https://" + mark + "%zz.octoeverywhere.com'}]\n",
	"a token as a path":            "printers: [{name: a, url: 'https://a.octoeverywhere.com', app_token_file: " + mark + "}]\n",
	"a key as a path":              "defaults: {tls_config: {key_file: '-----BEGIN PRIVATE KEY----- " + mark + "'}}\nprinters: []\n",
	"a certificate that is none":   "defaults: {tls_config: {ca: " + mark + "}}\nprinters: []\n",
	"a pair that is none":          "defaults: {tls_config: {cert: " + mark + ", key: " + mark + "}}\nprinters: []\n",
	"a proxy that is none":         "defaults: {proxy_url: '" + mark + ":" + mark + "@proxy'}\nprinters: []\n",
	"a proxy's headers as a text":  "defaults: {proxy_connect_header: " + mark + "}\nprinters: []\n",
	"a password as a mapping":      "printers: [{name: a, url: 'https://a.octoeverywhere.com', basic_auth: {username: a, password: {" + mark + ": x}}}]\n",
	"a password in two lines":      "printers: [{name: a, url: 'https://a.octoeverywhere.com', basic_auth: {username: a, password: \"" + mark + "\\n" + mark + "\"}}]\n",
	"a user with a colon":          "printers: [{name: a, url: 'https://a.octoeverywhere.com', basic_auth: {username: 'a:" + mark + "', password: x}}]\n",
	"a scheme of two words":        "printers: [{name: a, url: 'https://a.octoeverywhere.com', authorization: {type: Bearer " + mark + ", credentials: x}}]\n",
	"a reference to a secret":      "printers: [{name: a, url: 'https://a.octoeverywhere.com', authorization: {credentials_ref: " + mark + "}}]\n",
	"an alias":                     "printers: *" + mark + "\n",
	"a tag":                        "printers: !" + mark + " []\n",
	"a line that is not YAML":      "printers:\n  - name: a\n      " + mark + "\n    url: x\n",
	"a half-written file":          "printers:\n  - {name: a, url: 'https://" + mark + ".octoeverywhere.com', authorization: {credentials: '" + mark,
	"a file of another encoding":   "printers:\n  - app_token: " + mark + "\xff\n",
	"a merge key":                  "x: &x {app_token: " + mark + "}\nprinters: [{<<: *x, name: a}]\n",
	"the same name twice": "printers:\n  - {name: a, url: 'https://" + mark + ".octoeverywhere.com'}\n  - {name: a, url: 'https://" + mark +
		"2.octoeverywhere.com', app_token: " + mark + "}\n",
}
