package e2e

import (
	"context"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestUnixSockets: the exporter serves on the path, for its own user and group. The file is removed at the end, one that a killed
// process left is replaced, and one that another process uses is an error that says what to do.
func TestUnixSockets(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "oe") // a test's own is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := testkit.WriteFile(t, dir, "config.yaml", "%s", idlePrinters(1))
	socket := filepath.Join(dir, "web.sock")
	serve := func() *testkit.Process {
		health := testkit.FreeAddress(t)
		return testkit.StartReady(t, testkit.Program("serve", "--config.file="+config, "--web.listen-address=unix:"+socket, "--web.health-listen-address="+health), health)
	}
	status := func() int {
		client := &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			},
			DisableKeepAlives: true,
		}}
		resp, err := client.Get("http://exporter/metrics")
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}

	killed := serve()
	if info, err := os.Stat(socket); err != nil || info.Mode() != fs.ModeSocket|0o660 {
		t.Errorf("%v %v", info, err)
	}
	killed.Kill()
	if _, err := os.Stat(socket); err != nil {
		t.Fatal("a killed process removes its socket: ", err)
	}
	p := serve()
	if code := status(); code != http.StatusOK {
		t.Errorf("status %d", code)
	}
	for address, says := range map[string]string{
		"unix:" + socket:                        "another process listens on this socket, or the file is none",
		"unix:" + config:                        "another process listens on this socket, or the file is none",
		"unix:" + dir + "/nothing/x.sock":       "its directory does not exist",
		"unix:" + dir + strings.Repeat("x", 99): "the path is longer than about 100 bytes",
	} {
		out, err := testkit.Program("serve", "--config.file="+config, "--web.listen-address="+address).CombinedOutput()
		if err == nil || !strings.Contains(string(out), says) {
			t.Errorf("%s: %v %s", address, err, out)
		}
	}
	if code := status(); code != http.StatusOK {
		t.Errorf("status %d after others wanted the socket", code)
	}
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is left")
	}
}
