package e2e

import (
	"errors"
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

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

const everyOther = 2 * time.Second

// behind starts a simulated relay and the exporter that probes it every other second.
func behind(t *testing.T, printers int, address string, by []string) (*simulator.Relay, *testkit.Process, string) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 6, Latency: simulator.Latency{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}})
	srv := listen(t, relay, address)
	path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{Interval: everyOther, Timeout: 1500 * time.Millisecond})
	p := testkit.ServeWrapped(t, by, "serve", "--web.enable-lifecycle", "--log.level=debug", "--config.file="+path)
	p.Until("all are well", func() bool { return p.Healthy() == printers })
	return relay, p, path
}

// TestStoppedAndContinued: what was missed is missed, each printer is asked once for all of it, and nobody is blamed for an
// answer that came while the exporter stood still.
func TestStoppedAndContinued(t *testing.T) {
	t.Parallel()
	const printers, stands = 50, 4*everyOther - 500*time.Millisecond
	relay, p, _ := behind(t, printers, "127.0.0.1:0", nil)
	late := p.Value("octoeverywhere_exporter_probe_start_delay_seconds_sum")
	signal := func(s syscall.Signal) {
		if err := p.Cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	before := len(statusChanges(p))
	signal(syscall.SIGSTOP)
	time.Sleep(stands)
	relay.ResetCounts()
	continued := time.Now()
	signal(syscall.SIGCONT)
	time.Sleep(everyOther - 100*time.Millisecond)
	for _, one := range relay.Printers() {
		c, err := relay.Counts(one.Name)
		awake := time.Since(continued)
		// The overdue question, and those whose own moment has come meanwhile.
		if most := 1 + int((awake+everyOther-1)/everyOther); err != nil || c.Status > most || c.MaxConcurrent > 1 && c.Ping == 0 {
			t.Errorf("%v after it went on: %+v %v", awake, c, err)
		}
	}
	if got := p.Healthy(); got != printers {
		t.Errorf("%d are well right after", got)
	}
	if shown := p.Value("octoeverywhere_exporter_probe_start_delay_seconds_sum") - late; shown < printers*(stands-everyOther).Seconds() {
		t.Errorf("%v seconds of lateness are shown", shown)
	}
	if all := statusChanges(p); len(all) != before {
		t.Errorf("somebody was blamed: %v", all[before:])
	}
	if skipped := p.Value("octoeverywhere_exporter_probes_skipped_total"); skipped > printers {
		t.Errorf("%v probes count as skipped", skipped)
	}
}

// TestDescriptorsRunOut: printers that hang hold them all. That is said of the network, with its cause, and is over when
// they are free again.
func TestDescriptorsRunOut(t *testing.T) {
	t.Parallel()
	const printers, descriptors = 60, 40
	hang := make(chan struct{})
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
			_, _ = io.WriteString(w, `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(relay.Close)
	var b strings.Builder
	fmt.Fprintf(&b, "defaults: {interval: 2s, timeout: 1400ms}\nservice: {url: %q}\nprinters:\n", relay.URL)
	for i := range printers {
		fmt.Fprintf(&b, "- {name: p%d, url: %q}\n", i, fmt.Sprintf("%s/p/%d", relay.URL, i))
	}
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", b.String())
	p := testkit.ServeWrapped(t, []string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, descriptors), "sh"},
		"serve", "--web.enable-lifecycle", "--log.level=debug", "--config.file="+path)
	p.Until("descriptors run out, and that is said", func() bool { return strings.Contains(p.Output(), `"cause":"out of file descriptors"`) })
	p.Until("it is said of the network", func() bool { return strings.Contains(p.Output(), `"to":"network","reason":"connect_failed"`) })
	close(hang)
	p.Until("all are well once they are free", func() bool { return p.Healthy() == printers })
	if status, text := p.Post("/-/reload"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
}

// TestMorePrintersThanDescriptors: each lives at an address of its own, and a connection that is kept for each would be one
// too many.
func TestMorePrintersThanDescriptors(t *testing.T) {
	t.Parallel()
	const many, descriptors = 60, 40
	relay, _ := printers(t)
	var b strings.Builder
	fmt.Fprintf(&b, "defaults: {interval: 2s, timeout: 1400ms}\nservice: {url: %q}\nprinters:\n", relay.URL)
	for i := range many {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = relay.Config.Serve(l) }() // ends with the server
		fmt.Fprintf(&b, "- {name: p%d, url: %q}\n", i, "http://"+l.Addr().String())
	}
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", b.String())
	p := testkit.ServeWrapped(t, []string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, descriptors), "sh"}, "serve", "--config.file="+path)
	p.Until("all are well", func() bool { return p.Healthy() == many })
	time.Sleep(2 * everyOther)
	p.Until("all are well still", func() bool { return p.Healthy() == many })
	if out := p.Output(); strings.Count(out, "edge unreachable") > many/10 { // two may want the last one at the same time
		t.Errorf("edges are blamed:\n%s", out)
	}
}

// TestKilledAndStarted: it listens at once where it did before, and has left nothing behind.
func TestKilledAndStarted(t *testing.T) {
	t.Parallel()
	_, p, path := behind(t, 20, "127.0.0.1:0", nil)
	for range 3 {
		p.Kill()
		p = testkit.ServeAt(t, strings.TrimPrefix(p.URL, "http://"), "serve", "--config.file="+path)
		p.Until("all are well again", func() bool { return p.Healthy() == 20 })
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}

// TestAFullDisk: a configuration that was cut off by it changes nothing, until there is place again.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	relay, _ := printers(t)
	names := []string{"a", "b", "c"}
	path := testkit.WriteFile(t, disk, "config.yaml", "%s", configuration(relay.URL, names...))
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	p.Until("all are well", func() bool { return p.Healthy() == 3 })

	for i := range 1000 { // more than there is place for
		names = append(names, fmt.Sprintf("p%d", i))
	}
	if err := os.WriteFile(path, []byte(configuration(relay.URL, names...)), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if status, text := p.Post("/-/reload"); status != http.StatusInternalServerError || strings.Contains(text, "canary") {
		t.Errorf("%d %s", status, text)
	}
	if got := p.Healthy(); got != 3 {
		t.Errorf("%d printers are left", got)
	}
	testkit.WriteFile(t, disk, "config.yaml", "%s", configuration(relay.URL, names[:5]...))
	if status, text := p.Post("/-/reload"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	p.Until("the others are there", func() bool { return p.Healthy() == 5 })
}

// TestALogThatNobodyTakes: the disk that it is written to is full.
func TestALogThatNobodyTakes(t *testing.T) {
	t.Parallel()
	relay, p, _ := behind(t, 5, "127.0.0.1:0", []string{"/bin/sh", "-c", `exec "$@" >/dev/full 2>&1`, "sh"})
	for _, one := range relay.Printers() {
		if err := relay.SwitchOff(one.Name); err != nil {
			t.Fatal(err)
		}
	}
	p.Until("it goes on", func() bool { return len(p.Metrics("octoeverywhere_last_error{", `code="785"`, "} 1")) == 5 })
}

// TestOnlyIPv6: the relay, its edge and the exporter's own pages.
func TestOnlyIPv6(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	address := l.Addr().String()
	_ = l.Close()
	_, p, path := behind(t, 5, "[::1]:0", nil)
	p.Until("the edge is up", func() bool { return len(p.Metrics("octoeverywhere_edge_up{", `edge="[::1]:`, "} 1")) == 1 })
	six := testkit.ServeAt(t, address, "serve", "--config.file="+path)
	six.Until("all are well", func() bool { return six.Healthy() == 5 })
}

// TestAProxyDiesAndComesBack: that is the network's fault, and only as long as it lasts.
func TestAProxyDiesAndComesBack(t *testing.T) {
	t.Parallel()
	relay, _ := printers(t)
	proxy := openPassage(t, "")
	secure := httptest.NewTLSServer(relay.Config.Handler)
	t.Cleanup(secure.Close)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "defaults: {interval: 1s, timeout: 700ms, proxy_url: %q, tls_config: {insecure_skip_verify: true}}\nservice: {url: %q}\nprinters: [{name: a, url: %q}]\n",
		"http://"+proxy.address, secure.URL, secure.URL+"/p/a")
	p := testkit.Serve(t, "serve", "--config.file="+path)
	for range 2 {
		p.Until("it is well", func() bool { return p.Healthy() == 1 })
		proxy.close()
		p.Until("the proxy is missed", func() bool {
			return len(p.Metrics("octoeverywhere_last_error{", `reason="connect_failed"`, "} 1")) == 1
		})
		proxy.open()
	}
	p.Until("it is well", func() bool { return p.Healthy() == 1 })
}

// throughPassage is a configuration of a simulated fleet whose connections go through a passage.
func throughPassage(t *testing.T, printers int, interval, timeout time.Duration) (*passage, *testkit.Process) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 7})
	srv := listen(t, relay, "127.0.0.1:0")
	way := openPassage(t, strings.TrimPrefix(srv.URL(), "https://"))
	path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{BaseURL: "https://" + way.address, Interval: interval, Timeout: timeout})
	p := testkit.Serve(t, "serve", "--log.level=debug", "--config.file="+path)
	p.Until("all are well", func() bool { return p.Healthy() == printers })
	return way, p
}

// TestTheNetworkIsCutAndHeals: connections fall silent, and new ones do, too. That is seen and, when it is over, forgotten.
func TestTheNetworkIsCutAndHeals(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := throughPassage(t, printers, time.Second, 700*time.Millisecond)
	for range 2 {
		way.setCut(true)
		p.Until("all are cut off", func() bool { return p.Healthy() == 0 })
		if lines := p.Metrics("octoeverywhere_layer_up{", `layer="host"`); len(lines) != 0 {
			t.Errorf("something is known of hosts behind a network that is cut: %v", lines)
		}
		way.setCut(false)
		p.Until("all are well", func() bool { return p.Healthy() == printers })
	}
}

// TestAConnectionThatIsForgottenIsNoVerdict: what stands between forgets it, and says nothing. It is found out within six
// seconds, and the question is asked once more on a new one.
func TestAConnectionThatIsForgottenIsNoVerdict(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := throughPassage(t, printers, 10*time.Second, 9*time.Second)
	counted := func() (n float64) {
		for _, l := range p.Metrics("octoeverywhere_probes_total{") {
			var one float64
			_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &one)
			n += one
		}
		return n
	}
	carried := way.forget()
	before := counted()
	p.Until("all were asked since", func() bool { return counted() >= before+printers })
	if changes := statusChanges(p); len(changes) != 0 || p.Healthy() != printers || way.total() == carried {
		t.Errorf("%d are well, %d new connections; %v", p.Healthy(), way.total()-carried, changes)
	}
}

// TestNamesFailComeBackAndMove is for root: the name server is the machine's own, in a file system of the exporter's.
func TestNamesFailComeBackAndMove(t *testing.T) {
	t.Parallel()
	const printers, server = 10, "127.53.10.59"
	names := serveNames(t, server)
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 8})
	srv := listen(t, relay, "127.0.0.1:0")
	way := openPassage(t, strings.TrimPrefix(srv.URL(), "https://"))
	dir := t.TempDir()
	resolv := testkit.WriteFile(t, dir, "resolv.conf", "nameserver %s\noptions timeout:1 attempts:1\n", server)
	path := writeConfig(t, dir, srv, simulator.ConfigOptions{BaseURL: "https://" + way.address, ByHost: true, Interval: time.Second, Timeout: 700 * time.Millisecond})
	p := testkit.ServeWrapped(t, []string{"unshare", "--mount", "/bin/sh", "-c", `mount --bind "$0" /etc/resolv.conf && GODEBUG=netdns=go exec "$@"`, resolv},
		"serve", "--log.level=debug", "--config.file="+path)
	p.Until("names cannot be resolved", func() bool {
		return len(p.Metrics("octoeverywhere_last_error{", `reason="resolve_failed"`, "} 1")) == printers && strings.Contains(p.Output(), `"cause":"name server failed"`)
	})
	names.answer("127.0.0.1")
	p.Until("all are well", func() bool { return p.Healthy() == printers })

	names.answer("")
	way.close()
	way.open()
	before := len(statusChanges(p))
	time.Sleep(3 * time.Second)
	if changes := statusChanges(p); p.Healthy() != printers || strings.Contains(strings.Join(changes[before:], ""), "resolve_failed") {
		t.Errorf("what was known of names is forgotten when their server fails: %v", changes[before:])
	}

	names.answer("127.0.0.2")
	way.close()
	_, port, _ := net.SplitHostPort(way.address)
	way.address = net.JoinHostPort("127.0.0.2", port)
	way.open()
	p.Until("all are found where they are now", func() bool { return p.Healthy() == printers })
}
