package exporter

import (
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// lockedWriter is a writer for several goroutines.
type lockedWriter struct {
	sync.Mutex
	io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Writer.Write(b)
}

// TestWebConfigErrorsAreRewritten: errors of the toolkit quote the file, where a password may be the value of the wrong key.
func TestWebConfigErrorsAreRewritten(t *testing.T) {
	dir := t.TempDir()
	testkit.WriteFile(t, dir, "x.crt", "canary")
	for text, want := range map[string]string{
		"basic_auth_users: canary\n":                 "contains a value of the wrong type (line 1)",
		"basic_auth_users:\n  me: canary\n":          "contains a password under basic_auth_users that is not a bcrypt hash",
		"basic_auth_users:\n  me: a\n  me: canary\n": "contains a key twice (line 3)",
		"canary: x\n":                                                "contains an unknown key (line 1)",
		"tls_server_config:\n  canary: x\n":                          "contains an unknown key (line 2)",
		"tls_server_config: {cert_file: x.crt}\n":                    "is incomplete (missing one of key or key_file)",
		"tls_server_config: {cert_file: canary, key_file: canary}\n": "names a file that cannot be read (cert_file)",
		"tls_server_config: {cert_file: x.crt, key_file: canary}\n":  "names a file that cannot be read (key_file)",
		"tls_server_config: {cert_file: x.crt, key_file: x.crt}\n":   "names a certificate and a key that do not match; both must be PEM",
		"tls_server_config: {cert: canary, key: canary}\n":           "names a certificate and a key that do not match; both must be PEM",
		"tls_server_config: {min_version: canary}\n":                 "contains an unknown name (TLS version)",
		"http_server_config: {headers: {canary: x}}\n":               "contains a header that cannot be set, or not to that value",
		"http_server_config: {headers: {X-Frame-Options: canary}}\n": "contains a header that cannot be set, or not to that value",
		"a: [canary\n":                      "is not valid YAML (line 1)",
		"basic_auth_users: {*canary : x}\n": "is not valid YAML",
		"\tcanary: x\n":                     "is not valid YAML",
	} {
		path := testkit.WriteFile(t, dir, "web.yaml", "%s", text)
		err := checkWebConfig(path)
		if err == nil || err.Error() != "web.config.file "+path+": "+want+"; docs/security.md shows a valid one" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := checkWebConfig(filepath.Join(dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
	if err := checkWebConfig(""); err != nil {
		t.Error(err)
	}
}

// TestWebConfigErrorsAtRuntimeAreRewritten: the toolkit reads the file at each request and logs errors. Handshakes go on with the
// last valid one.
func TestWebConfigErrorsAtRuntimeAreRewritten(t *testing.T) {
	t.Parallel()
	path, trusted := testkit.WebConfig(t)
	var log bytes.Buffer
	out := &lockedWriter{Writer: &log}
	o := withLimits
	o.WebConfigFile, o.Logger = path, slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	address, _ := serveOne(t, o)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	defer client.CloseIdleConnections()
	first, err := client.Get("https://" + address + "/-/healthy")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, first.Body)
	_ = first.Body.Close()
	testkit.WriteFile(t, filepath.Dir(path), filepath.Base(path), "basic_auth_users: canary\n")
	second, err := client.Get("https://" + address + "/-/healthy") // on the same connection
	if err != nil || second.StatusCode != http.StatusInternalServerError {
		t.Fatalf("%v %v", second, err)
	}
	_ = second.Body.Close()
	secure, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	_ = secure.Close()
	text := out.text(&log)
	if strings.Contains(text, "canary") || !strings.Contains(text, "the web configuration contains a value of the wrong type (line 1)") {
		t.Error(text)
	}
}

func (l *lockedWriter) text(b *bytes.Buffer) string {
	l.Lock()
	defer l.Unlock()
	return b.String()
}
