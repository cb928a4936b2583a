//go:build unix

package exporter

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// TestWebFilesAreRegular: a pipe, a device or an empty file instead of the web configuration, or of a file that it names, is an
// error. Reading a pipe would wait for its writer, a device may never end.
func TestWebFilesAreRegular(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, empty := filepath.Join(dir, "pipe"), testkit.WriteFile(t, dir, "empty", "")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	large := testkit.WriteFile(t, dir, "large", "%s", strings.Repeat("#", maxWebFile+1))
	for file, want := range map[string]string{
		pipe: "is not a regular file", "/dev/zero": "is not a regular file", "/dev/null": "is not a regular file",
		empty: "is empty", large: "is larger than 1 MiB",
	} {
		if err := checkWebConfig(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
		for _, key := range []string{"cert", "key", "client_ca"} {
			web := testkit.WriteFile(t, dir, "web.yaml", "tls_server_config: {%s_file: %s}\n", key, file)
			if err := checkWebConfig(web); err == nil || !strings.Contains(err.Error(), "tls_server_config."+key+"_file names a file that "+want) {
				t.Errorf("%s: %s: %v", file, key, err)
			}
		}
	}
}

// TestUnreadableWebConfigLetsNobodyIn: while the web configuration is empty, as while an editor writes it, or a pipe, requests fail
// at once. The server ends as usual.
func TestUnreadableWebConfigLetsNobodyIn(t *testing.T) {
	t.Parallel()
	const users = "basic_auth_users: {me: $2a$04$dsDkTjM4skLueKzgJo7VCO6uwUYeYlwmMO4cN9MJg9Rkt1mbD/xVG}\n"
	file := testkit.WriteFile(t, t.TempDir(), "web.yaml", "%s", users)
	o := withLimits
	o.WebConfigFile = file
	address, _ := serveOne(t, o)
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for _, step := range []struct {
		what   string
		change func() error
		want   int
	}{
		{"valid", func() error { return nil }, http.StatusUnauthorized},
		{"empty", func() error { return os.WriteFile(file, nil, 0o600) }, http.StatusInternalServerError},
		{"a pipe", func() error { _ = os.Remove(file); return syscall.Mkfifo(file, 0o600) }, http.StatusInternalServerError},
		{"a device", func() error { _ = os.Remove(file); return os.Symlink("/dev/null", file) }, http.StatusInternalServerError},
		{"valid again", func() error { _ = os.Remove(file); return os.WriteFile(file, []byte(users), 0o600) }, http.StatusUnauthorized},
	} {
		if err := step.change(); err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get("http://" + address + "/metrics")
		if err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != step.want {
			t.Errorf("%s: status %d", step.what, resp.StatusCode)
		}
	}
}
