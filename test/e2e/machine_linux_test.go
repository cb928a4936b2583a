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

const probeInterval = 2 * time.Second

// serveFleet starts a simulated relay at an address and an exporter for it, by way of a wrapper.
func serveFleet(t *testing.T, printers int, address string, wrapper []string) (*simulator.Relay, *testkit.Process, string) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 6, Latency: simulator.Latency{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}})
	srv := listen(t, relay, address)
	path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{Interval: probeInterval, Timeout: 1500 * time.Millisecond})
	p := testkit.ServeWrapped(t, wrapper, "serve", "--web.enable-lifecycle", "--log.level=debug", "--config.file="+path)
	p.Until("all are healthy", func() bool { return p.Healthy() == printers })
	return relay, p, path
}

// TestStoppedAndContinued: missed ticks are skipped, each printer is probed once for all of them, and responses that arrived
// while the process was suspended cause no fault.
func TestStoppedAndContinued(t *testing.T) {
	t.Parallel()
	const printers, suspended = 50, 4*probeInterval - 500*time.Millisecond
	relay, p, _ := serveFleet(t, printers, "127.0.0.1:0", nil)
	late := p.Value("octoeverywhere_exporter_probe_start_delay_seconds_sum")
	signal := func(s syscall.Signal) {
		if err := p.Cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	before := len(statusChanges(p))
	signal(syscall.SIGSTOP)
	time.Sleep(suspended)
	relay.ResetCounts()
	continued := time.Now()
	signal(syscall.SIGCONT)
	time.Sleep(probeInterval - 100*time.Millisecond)
	for _, one := range relay.Printers() {
		c, err := relay.Counts(one.Name)
		awake := time.Since(continued)
		// The overdue probe, and those of ticks since then.
		if most := 1 + int((awake+probeInterval-1)/probeInterval); err != nil || c.Status > most || c.MaxConcurrent > 1 && c.Ping == 0 {
			t.Errorf("%v after it was continued: %+v %v", awake, c, err)
		}
	}
	if got := p.Healthy(); got != printers {
		t.Errorf("%d are healthy right after", got)
	}
	if shown := p.Value("octoeverywhere_exporter_probe_start_delay_seconds_sum") - late; shown < printers*(suspended-probeInterval).Seconds() {
		t.Errorf("only %v seconds of start delay are exported", shown)
	}
	if all := statusChanges(p); len(all) != before {
		t.Errorf("a status changed: %v", all[before:])
	}
	if skipped := p.Value("octoeverywhere_exporter_probes_skipped_total"); skipped > printers {
		t.Errorf("%v probes count as skipped", skipped)
	}
}

// TestDescriptorsRunOut: printers that hang hold all of them. That is a fault of the layer network with its cause, until they
// are free.
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
	p.Until("descriptors run out, and that is logged", func() bool { return strings.Contains(p.Output(), `"cause":"out of file descriptors"`) })
	p.Until("the layer network fails", func() bool { return strings.Contains(p.Output(), `"to":"network/connect_failed"`) })
	close(hang)
	p.Until("all are healthy once they are free", func() bool { return p.Healthy() == printers })
	if status, text := p.Post("/-/reload"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
}

// TestMorePrintersThanDescriptors: each printer has its own address, so a kept connection per printer needs too many
// descriptors.
func TestMorePrintersThanDescriptors(t *testing.T) {
	t.Parallel()
	const many, descriptors = 60, 40
	relay, _ := relayOf(t)
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
	p.Until("all are healthy", func() bool { return p.Healthy() == many })
	time.Sleep(2 * probeInterval)
	p.Until("all are still healthy", func() bool { return p.Healthy() == many })
	if out := p.Output(); strings.Count(out, "edge unreachable") > many/10 { // two may need the last descriptor at the same time
		t.Errorf("edges are reported as unreachable:\n%s", out)
	}
}

// TestRestartAfterKill: it listens at the same address at once, and leaves no files behind.
func TestRestartAfterKill(t *testing.T) {
	t.Parallel()
	_, p, path := serveFleet(t, 20, "127.0.0.1:0", nil)
	for range 3 {
		p.Kill()
		p = testkit.ServeAt(t, strings.TrimPrefix(p.URL, "http://"), "serve", "--config.file="+path)
		p.Until("all are healthy again", func() bool { return p.Healthy() == 20 })
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}

// TestFullDisk: a configuration that is truncated by a full disk changes nothing until there is space again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	relay, _ := relayOf(t)
	names := []string{"a", "b", "c"}
	path := testkit.WriteFile(t, disk, "config.yaml", "%s", configuration(relay.URL, names...))
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	p.Until("all are healthy", func() bool { return p.Healthy() == 3 })

	for i := range 1000 { // more than fit
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

// TestUnwritableLog: the log goes to a full disk.
func TestUnwritableLog(t *testing.T) {
	t.Parallel()
	relay, p, _ := serveFleet(t, 5, "127.0.0.1:0", []string{"/bin/sh", "-c", `exec "$@" >/dev/full 2>&1`, "sh"})
	for _, one := range relay.Printers() {
		if err := relay.SwitchOff(one.Name); err != nil {
			t.Fatal(err)
		}
	}
	p.Until("it continues to probe", func() bool { return len(p.Metrics("octoeverywhere_last_error{", `code="785"`, "} 1")) == 5 })
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
	_, p, path := serveFleet(t, 5, "[::1]:0", nil)
	p.Until("the edge is up", func() bool { return len(p.Metrics("octoeverywhere_edge_up{", `edge="[::1]:`, "} 1")) == 1 })
	six := testkit.ServeAt(t, address, "serve", "--config.file="+path)
	six.Until("all are healthy", func() bool { return six.Healthy() == 5 })
}

// TestProxyOutage: the layer network fails as long as the proxy is down.
func TestProxyOutage(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	proxy := openForwarder(t, "")
	secure := httptest.NewTLSServer(relay.Config.Handler)
	t.Cleanup(secure.Close)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "defaults: {interval: 1s, timeout: 700ms, proxy_url: %q, tls_config: {insecure_skip_verify: true}}\nservice: {url: %q}\nprinters: [{name: a, url: %q}]\n",
		"http://"+proxy.address, secure.URL, secure.URL+"/p/a")
	p := testkit.Serve(t, "serve", "--config.file="+path)
	for range 2 {
		p.Until("it is healthy", func() bool { return p.Healthy() == 1 })
		proxy.close()
		p.Until("the proxy is unreachable", func() bool {
			return len(p.Metrics("octoeverywhere_last_error{", `reason="connect_failed"`, "} 1")) == 1
		})
		proxy.open()
	}
	p.Until("it is healthy", func() bool { return p.Healthy() == 1 })
}

// serveThroughForwarder starts an exporter of a simulated fleet whose connections go through a forwarder.
func serveThroughForwarder(t *testing.T, printers int, interval, timeout time.Duration) (*forwarder, *testkit.Process) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 7})
	srv := listen(t, relay, "127.0.0.1:0")
	way := openForwarder(t, strings.TrimPrefix(srv.URL(), "https://"))
	path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{BaseURL: "https://" + way.address, Interval: interval, Timeout: timeout})
	p := testkit.Serve(t, "serve", "--log.level=debug", "--config.file="+path)
	p.Until("all are healthy", func() bool { return p.Healthy() == printers })
	return way, p
}

// TestNetworkOutage: existing and new connections carry nothing. That is found and, when it is over, all is as before.
func TestNetworkOutage(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := serveThroughForwarder(t, printers, time.Second, 700*time.Millisecond)
	for range 2 {
		way.setCut(true)
		p.Until("all printers are unreachable", func() bool { return p.Healthy() == 0 })
		if lines := p.Metrics("octoeverywhere_layer_up{", `layer="host"`); len(lines) != 0 {
			t.Errorf("hosts behind the outage are not unknown: %v", lines)
		}
		way.setCut(false)
		p.Until("all are healthy", func() bool { return p.Healthy() == printers })
	}
}

// TestSilentlyDroppedConnectionIsNoFault: a middlebox drops the state of connections. The exporter notices within six
// seconds and sends the request again on a new one.
func TestSilentlyDroppedConnectionIsNoFault(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := serveThroughForwarder(t, printers, 10*time.Second, 9*time.Second)
	counted := func() (n float64) {
		for _, l := range p.Metrics("octoeverywhere_probes_total{") {
			var one float64
			_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &one)
			n += one
		}
		return n
	}
	carried := way.dropExisting()
	before := counted()
	p.Until("all were probed since", func() bool { return counted() >= before+printers })
	if changes := statusChanges(p); len(changes) != 0 || p.Healthy() != printers || way.total() == carried {
		t.Errorf("%d are healthy, %d new connections; %v", p.Healthy(), way.total()-carried, changes)
	}
}
