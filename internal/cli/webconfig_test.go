package cli

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
	"time"
)

// locked is a writer for many at once.
type locked struct {
	sync.Mutex
	io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Writer.Write(b)
}

// TestAWebConfigIsExplainedInOurWords: what the toolkit says repeats the file, where a password or a key may stand in the
// wrong place.
func TestAWebConfigIsExplainedInOurWords(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "x.crt", "canary")
	for text, want := range map[string]string{
		"basic_auth_users: canary\n":                 "holds something of the wrong kind (line 1)",
		"basic_auth_users:\n  me: canary\n":          "holds a password under basic_auth_users that is not a bcrypt hash",
		"basic_auth_users:\n  me: a\n  me: canary\n": "holds a key for the second time (line 3)",
		"canary: x\n":                                                "holds a key that is not known (line 1)",
		"tls_server_config:\n  canary: x\n":                          "holds a key that is not known (line 2)",
		"tls_server_config: {cert_file: x.crt}\n":                    "is not complete (missing one of key or key_file)",
		"tls_server_config: {cert_file: canary, key_file: canary}\n": "names a file that cannot be read (cert_file)",
		"tls_server_config: {cert_file: x.crt, key_file: canary}\n":  "names a file that cannot be read (key_file)",
		"tls_server_config: {cert_file: x.crt, key_file: x.crt}\n":   "names a certificate and a key that are no pair; both must be PEM",
		"tls_server_config: {cert: canary, key: canary}\n":           "names a certificate and a key that are no pair; both must be PEM",
		"tls_server_config: {min_version: canary}\n":                 "names something that is not known (TLS version)",
		"http_server_config: {headers: {canary: x}}\n":               "holds a header that cannot be set, or not to that value",
		"http_server_config: {headers: {X-Frame-Options: canary}}\n": "holds a header that cannot be set, or not to that value",
		"a: [canary\n":                      "is not valid YAML (line 1)",
		"basic_auth_users: {*canary : x}\n": "is not good",
	} {
		path := file(t, dir, "web.yaml", "%s", text)
		err := checkWebConfig(path)
		if err == nil || err.Error() != "web.config.file "+path+": "+want+"; docs/security.md shows a good one" {
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

// TestAWebConfigThatTurnsBadIsExplained: the toolkit reads it at each request and each handshake, and logs what is wrong.
func TestAWebConfigThatTurnsBadIsExplained(t *testing.T) {
	t.Parallel()
	path, trusted := webConfig(t)
	var log bytes.Buffer
	out := &locked{Writer: &log}
	w := defaultLimits
	w.ConfigFile = path
	address, _ := listening(t, w, newLogger(out, slog.LevelDebug, "json"))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	defer client.CloseIdleConnections()
	first, err := client.Get("https://" + address + "/-/healthy")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, first.Body)
	_ = first.Body.Close()
	file(t, filepath.Dir(path), filepath.Base(path), "basic_auth_users: canary\n")
	again, err := client.Get("https://" + address + "/-/healthy") // on the same connection
	if err != nil || again.StatusCode != http.StatusInternalServerError {
		t.Fatalf("%v %v", again, err)
	}
	_ = again.Body.Close()
	if _, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted}); err == nil {
		t.Error("a handshake goes on with a configuration that is not good")
	}
	for !strings.Contains(out.text(&log), "TLS handshake failed") {
		if t.Context().Err() != nil {
			t.Fatal("it is not in the log")
		}
		time.Sleep(10 * time.Millisecond)
	}
	text := out.text(&log)
	if strings.Contains(text, "canary") || !strings.Contains(text, "the web configuration holds something of the wrong kind (line 1)") {
		t.Error(text)
	}
}

func (l *locked) text(b *bytes.Buffer) string {
	l.Lock()
	defer l.Unlock()
	return b.String()
}
