package e2e

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/cli"
	"octoeverywhere_exporter/test/testkit"
)

// TestHealthListener: with TLS and basic auth configured, it serves the probes of Kubernetes without them, and no
// other route.
func TestHealthListener(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	web, trusted := testkit.WebConfig(t)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	health, pages := testkit.FreeAddress(t), testkit.FreeAddress(t)
	p := testkit.StartReady(t, testkit.Program("serve", "--config.file="+path, "--web.config.file="+web, "--web.listen-address="+pages,
		"--web.health-listen-address="+health, "--web.enable-lifecycle", "--web.enable-pprof"), health)

	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/-/healthy", 200},
		{"GET", "/-/ready", 200},
		{"HEAD", "/-/ready", 200},
		{"POST", "/-/ready", 405},
		{"POST", "/-/reload", 404},
		{"POST", "/-/probe?target=a", 404},
		{"GET", "/", 404},
		{"GET", "/metrics", 404},
		{"GET", "/sd", 404},
		{"GET", "/api/v1/printers", 404},
		{"GET", "/debug/pprof/", 404},
		{"GET", "/-/healthy/../../metrics", 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, p.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != c.status || strings.Contains(string(body), "octoeverywhere_probe") || !resp.Close {
			t.Errorf("%s %s: %s, want %d and a closed connection\n%s", c.method, c.path, resp.Status, c.status, body)
		}
	}
	for path, want := range map[string][2]int{"/-/ready": {401, 200}, "/metrics": {401, 200}} {
		if got := [2]int{authenticatedStatus(client, "https://"+pages+path, ""), authenticatedStatus(client, "https://"+pages+path, testkit.WebPassword)}; got != want {
			t.Errorf("%s of the pages without and with the password: %v, want %v", path, got, want)
		}
	}
	if strings.Contains(p.Output(), testkit.WebPassword) {
		t.Errorf("a credential is in the log:\n%s", p.Output())
	}
}

// TestHealthListenerDisconnectsSlowClients: clients that send nothing or too much are disconnected, and do not delay shutdown.
func TestHealthListenerDisconnectsSlowClients(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	health := testkit.FreeAddress(t)
	p := testkit.Serve(t, "serve", "--config.file="+path, "--web.health-listen-address="+health)
	for request, response := range map[string]string{
		"":                  "",
		"GET /-/ready HTTP": "HTTP/1.1 400 ",
		"GET /-/ready HTTP/1.1\r\nX: " + strings.Repeat("x", 16<<10): "HTTP/1.1 431 ",
	} {
		conn, err := net.Dial("tcp", health)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil { // it ends after 2 s
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if !strings.HasPrefix(line, response) || line == "" && !errors.Is(err, io.EOF) {
			t.Errorf("%.20q: %q %v, want %q", request, line, err, response)
		}
	}
	held, err := net.Dial("tcp", health)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	p.Signal(syscall.SIGINT)
	p.WaitEnd()
	if _, err := net.Dial("tcp", health); err == nil {
		t.Error("the listener is still open")
	}
}

// TestAddressInUse ends the exporter with an error that names the flag.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var out, problems strings.Builder
	code := cli.Main([]string{"serve", "--config.file=" + path, "--web.listen-address=127.0.0.1:0", "--web.health-listen-address=" + taken.Addr().String()}, "", os.Stdin, &out, &problems)
	if want := "cannot listen on " + taken.Addr().String() + ": another process uses this port"; code != exitFailed ||
		!strings.Contains(problems.String(), want) || !strings.Contains(problems.String(), "--web.health-listen-address") {
		t.Errorf("exit code %d\n%s", code, problems.String())
	}
}

// authenticatedStatus returns the status of a request with a password, "": without credentials; 0 if it fails.
func authenticatedStatus(client *http.Client, url, password string) int {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	if password != "" {
		r.SetBasicAuth(testkit.WebUser, password)
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
