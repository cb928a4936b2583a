package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// endLimit is how long the program may take to end after SIGTERM, whatever hangs.
const endLimit = 5 * time.Second

// acceptOnly returns the address of a listener that accepts connections and never responds.
func acceptOnly(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

// acceptNothing returns an address to which connections are never established: its queue is full.
func acceptNothing(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for {
		c, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = c.Close() })
	}
}

// hold opens a connection to a process, sends a text, and keeps it open until the test ends.
func hold(t *testing.T, p *testkit.Process, text string) {
	t.Helper()
	open := func(text string) net.Conn {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		return c
	}
	open(text)
	later := open("GET /-/ready HTTP/1.0\r\n\r\n") // accepted after the first one
	if response, err := io.ReadAll(later); err != nil || len(response) == 0 {
		t.Fatalf("%q %v", response, err)
	}
}

// TestEndsWhileEverythingHangs: dials, handshakes, proxies, responses, edge checks, and clients that hold requests. A canceled
// probe is no fault of its printer.
func TestEndsWhileEverythingHangs(t *testing.T) {
	t.Parallel()
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hang.Close()
	silent := acceptOnly(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", `defaults: {interval: 60s, timeout: 30s}
printers:
- {name: response, url: %q}
- {name: handshake, url: 'https://%[2]s/a'}
- {name: proxy, url: 'https://192.0.2.1', proxy_url: 'http://%[2]s'}
- {name: dial, url: 'https://%[3]s'}
`, hang.URL, silent, acceptNothing(t))
	p := testkit.Serve(t, "serve", "--config.file="+path)
	p.Until("all probes are in flight", func() bool { return p.Value("octoeverywhere_exporter_probes_in_flight") == 4 })
	waiting := make(chan int, 1)
	go func() {
		status, _ := p.Get("/probe?target=handshake")
		waiting <- status
	}()
	hold(t, p, "")
	hold(t, p, "GET /metr")
	hold(t, p, "POST /-/reload HTTP/1.1\r\nHost: exporter\r\nContent-Length: 10\r\n\r\n")
	begin := time.Now()
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if took := time.Since(begin); took > endLimit || !p.Cmd.ProcessState.Success() {
		t.Errorf("it ended after %v: %v\n%s", took, p.Cmd.ProcessState, p.Output())
	}
	<-waiting
	if strings.Contains(p.Output(), "printer status changed") {
		t.Errorf("a canceled probe is a fault of the printer:\n%s", p.Output())
	}
}

// TestEndsDuringLookup needs root: the exporter gets a name server that never responds by a mount namespace.
func TestEndsDuringLookup(t *testing.T) {
	t.Parallel()
	const server = "127.53.10.60"
	serveNames(t, server).swallow.Store(true)
	dir := t.TempDir()
	resolv := testkit.WriteFile(t, dir, "resolv.conf", "nameserver %s\noptions timeout:20 attempts:3\n", server)
	path := testkit.WriteFile(t, dir, "config.yaml", "defaults: {interval: 60s, timeout: 30s}\nprinters: [{name: a, url: 'https://a.octoeverywhere.com'}]\n")
	p := testkit.ServeWrapped(t, []string{"unshare", "--mount", "/bin/sh", "-c", `mount --bind "$0" /etc/resolv.conf && GODEBUG=netdns=go exec "$@"`, resolv},
		"serve", "--config.file="+path)
	p.Until("the probe is in flight", func() bool { return p.Value("octoeverywhere_exporter_probes_in_flight") == 1 })
	begin := time.Now()
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if took := time.Since(begin); took > endLimit || !p.Cmd.ProcessState.Success() {
		t.Errorf("it ended after %v: %v\n%s", took, p.Cmd.ProcessState, p.Output())
	}
}

// TestSecondSignalEndsAtOnce: without waiting for a client that holds a request, with an exit code of its own. The demo leaves
// nothing behind.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	for second, args := range map[syscall.Signal][]string{
		syscall.SIGTERM: {"serve", "--config.file=" + path},
		syscall.SIGINT:  {"serve", "--config.file=" + path},
		syscall.SIGHUP:  {"demo"},
	} {
		temporary, address := t.TempDir(), testkit.FreeAddress(t)
		cmd := testkit.Program(append(args, "--web.listen-address="+address)...)
		cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
		p := testkit.StartReady(t, cmd, address)
		hold(t, p, "GET /metr")
		p.Signal(syscall.SIGTERM)
		p.Until("it no longer listens", func() bool { status, _ := p.Get("/-/ready"); return status == 0 })
		p.Signal(second)
		p.WaitEnd()
		if code := p.Cmd.ProcessState.ExitCode(); code != exitInterrupted {
			t.Errorf("after a second signal, %v: %v\n%s", second, p.Cmd.ProcessState, p.Output())
		}
		if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
			t.Errorf("%s leaves %v behind, %v", args[0], left, err)
		}
	}
}

// TestSignalsWhileConfigurationIsRead: a SIGHUP is followed by a reload, and a SIGTERM ends the program in order.
func TestSignalsWhileConfigurationIsRead(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	names := make([]string, 2000)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	large := configuration(relay.URL, names...)
	start := func(s syscall.Signal) *testkit.Process {
		dir := t.TempDir()
		path := testkit.WriteFile(t, dir, "config.yaml", "%s", large)
		opened := onOpen(t, path)
		address := testkit.FreeAddress(t)
		p := testkit.Start(t, testkit.Program("serve", "--config.file="+path, "--web.listen-address="+address), address)
		opened()
		p.Signal(s)
		return p
	}
	loaded := func(p *testkit.Process) int { return strings.Count(p.Output(), `"msg":"configuration loaded"`) }

	p := start(syscall.SIGHUP)
	p.Until("it is read again", func() bool { return loaded(p) == 2 })
	p.Until("it is ready", func() bool { status, _ := p.Get("/-/ready"); return status == http.StatusOK })

	p = start(syscall.SIGTERM)
	p.WaitEnd()
	if !p.Cmd.ProcessState.Success() || loaded(p) != 1 {
		t.Errorf("after SIGTERM: %v\n%s", p.Cmd.ProcessState, p.Output())
	}
}

// onOpen returns a function that waits until a file is opened.
func onOpen(t *testing.T, path string) (wait func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if _, err := syscall.InotifyAddWatch(fd, filepath.Clean(path), syscall.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := syscall.Read(fd, make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}
