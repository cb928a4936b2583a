package cli

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
)

const everyOther = 2 * time.Second

// behind starts a simulated relay and the exporter that probes it every other second.
func behind(t *testing.T, printers int, listen string, by []string) (*simulator.Relay, *process, string) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 6, Latency: simulator.Latency{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}})
	srv, err := relay.Listen(listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := writeConfig(path, srv, simulator.ConfigOptions{Interval: everyOther, Timeout: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	p := startBy(t, by, freeAddress(t), "serve", "--web.enable-lifecycle", "--log.level=debug", "--config.file="+path)
	p.until("all are well", func() bool { return p.well() == printers })
	return relay, p, path
}

// well is how many printers are.
func (p *process) well() int { return len(p.metric("octoeverywhere_probe_success{", "} 1")) }

// value is that of a metric without labels.
func (p *process) value(name string) (v float64) {
	p.t.Helper()
	for _, l := range p.metric(name + " ") {
		_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &v)
	}
	return v
}

// changes are the lines of the log that tell of a changed verdict, but for the first one that is good.
func (p *process) changes() (lines []string) {
	for line := range strings.Lines(p.output()) {
		if strings.Contains(line, `"verdict changed"`) && !strings.Contains(line, `"from":"unknown","to":"ok"`) {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestStoppedAndContinued: what was missed is missed, each printer is asked once for all of it, and nobody is blamed for an
// answer that came while the exporter stood still.
func TestStoppedAndContinued(t *testing.T) {
	t.Parallel()
	const printers, stands = 50, 4*everyOther - 500*time.Millisecond
	relay, p, _ := behind(t, printers, "127.0.0.1:0", nil)
	late := p.value("octoeverywhere_exporter_probe_lateness_seconds_sum")
	signal := func(s syscall.Signal) {
		if err := p.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	before := len(p.changes())
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
	if got := p.well(); got != printers {
		t.Errorf("%d are well right after", got)
	}
	if shown := p.value("octoeverywhere_exporter_probe_lateness_seconds_sum") - late; shown < printers*(stands-everyOther).Seconds() {
		t.Errorf("%v seconds of lateness are shown", shown)
	}
	if all := p.changes(); len(all) != before {
		t.Errorf("somebody was blamed: %v", all[before:])
	}
	if skipped := p.value("octoeverywhere_exporter_probes_skipped_total"); skipped > printers {
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
	path := file(t, dir, "config.yaml", "%s", b.String())
	p := startBy(t, []string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, descriptors), "sh"}, freeAddress(t),
		"serve", "--web.enable-lifecycle", "--log.level=debug", "--config.file="+path)
	p.until("descriptors run out, and that is said", func() bool { return strings.Contains(p.output(), `"cause":"out of file descriptors"`) })
	p.until("it is said of the network", func() bool { return strings.Contains(p.output(), `"to":"network","reason":"connect_failed"`) })
	close(hang)
	p.until("all are well once they are free", func() bool { return p.well() == printers })
	if status, text := p.post("/-/reload"); status != http.StatusOK {
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
	path := file(t, t.TempDir(), "config.yaml", "%s", b.String())
	p := startBy(t, []string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, descriptors), "sh"}, freeAddress(t), "serve", "--config.file="+path)
	p.until("all are well", func() bool { return p.well() == many })
	time.Sleep(2 * everyOther)
	p.until("all are well still", func() bool { return p.well() == many })
	if out := p.output(); strings.Count(out, "edge is down") > many/10 { // two may want the last one at the same time
		t.Errorf("edges are blamed:\n%s", out)
	}
}

// TestKilledAndStarted: it listens at once where it did before, and has left nothing behind.
func TestKilledAndStarted(t *testing.T) {
	t.Parallel()
	_, p, path := behind(t, 20, "127.0.0.1:0", nil)
	for range 3 {
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.done
		p = startBy(t, nil, strings.TrimPrefix(p.url, "http://"), "serve", "--config.file="+path)
		p.until("all are well again", func() bool { return p.well() == 20 })
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
	path := file(t, disk, "config.yaml", "%s", configuration(relay.URL, names...))
	p := start(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	p.until("all are well", func() bool { return p.well() == 3 })

	for i := range 1000 { // more than there is place for
		names = append(names, fmt.Sprintf("p%d", i))
	}
	if err := os.WriteFile(path, []byte(configuration(relay.URL, names...)), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if status, text := p.post("/-/reload"); status != http.StatusInternalServerError || strings.Contains(text, "canary") {
		t.Errorf("%d %s", status, text)
	}
	if got := p.well(); got != 3 {
		t.Errorf("%d printers are left", got)
	}
	file(t, disk, "config.yaml", "%s", configuration(relay.URL, names[:5]...))
	if status, text := p.post("/-/reload"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	p.until("the others are there", func() bool { return p.well() == 5 })
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
	p.until("it goes on", func() bool { return len(p.metric("octoeverywhere_last_error{", `code="785"`, "} 1")) == 5 })
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
	p.until("the edge is up", func() bool { return len(p.metric("octoeverywhere_edge_up{", `edge="[::1]:`, "} 1")) == 1 })
	six := startBy(t, nil, address, "serve", "--config.file="+path)
	six.until("all are well", func() bool { return six.well() == 5 })
}

// TestAProxyDiesAndComesBack: that is the network's fault, and only as long as it lasts.
func TestAProxyDiesAndComesBack(t *testing.T) {
	t.Parallel()
	relay, _ := printers(t)
	proxy := openPassage(t, "")
	secure := httptest.NewTLSServer(relay.Config.Handler)
	t.Cleanup(secure.Close)
	path := file(t, t.TempDir(), "config.yaml", "defaults: {interval: 1s, timeout: 700ms, proxy_url: %q, tls_config: {insecure_skip_verify: true}}\nservice: {url: %q}\nprinters: [{name: a, url: %q}]\n",
		"http://"+proxy.address, secure.URL, secure.URL+"/p/a")
	p := start(t, "serve", "--config.file="+path)
	for range 2 {
		p.until("it is well", func() bool { return p.well() == 1 })
		proxy.close()
		p.until("the proxy is missed", func() bool { return len(p.metric("octoeverywhere_last_error{", `reason="connect_failed"`, "} 1")) == 1 })
		proxy.open()
	}
	p.until("it is well", func() bool { return p.well() == 1 })
}

// throughPassage is a configuration of a simulated fleet whose connections go through a passage.
func throughPassage(t *testing.T, printers int, interval, timeout time.Duration) (*passage, *process) {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 7})
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	way := openPassage(t, strings.TrimPrefix(srv.URL(), "https://"))
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := writeConfig(path, srv, simulator.ConfigOptions{BaseURL: "https://" + way.address, Interval: interval, Timeout: timeout}); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "--log.level=debug", "--config.file="+path)
	p.until("all are well", func() bool { return p.well() == printers })
	return way, p
}

// TestTheNetworkIsCutAndHeals: connections fall silent, and new ones do, too. That is seen and, when it is over, forgotten.
func TestTheNetworkIsCutAndHeals(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := throughPassage(t, printers, time.Second, 700*time.Millisecond)
	for range 2 {
		way.setCut(true)
		p.until("all are cut off", func() bool { return p.well() == 0 })
		if lines := p.metric("octoeverywhere_layer_up{", `layer="host"`); len(lines) != 0 {
			t.Errorf("something is known of hosts behind a network that is cut: %v", lines)
		}
		way.setCut(false)
		p.until("all are well", func() bool { return p.well() == printers })
	}
}

// TestAConnectionThatIsForgottenIsNoVerdict: what stands between forgets it, and says nothing. It is found out within six
// seconds, and the question is asked once more on a new one.
func TestAConnectionThatIsForgottenIsNoVerdict(t *testing.T) {
	t.Parallel()
	const printers = 20
	way, p := throughPassage(t, printers, 10*time.Second, 9*time.Second)
	counted := func() (n float64) {
		for _, l := range p.metric("octoeverywhere_probes_total{") {
			var one float64
			_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &one)
			n += one
		}
		return n
	}
	carried := way.forget()
	before := counted()
	p.until("all were asked since", func() bool { return counted() >= before+printers })
	if changes := p.changes(); len(changes) != 0 || p.well() != printers || way.total() == carried {
		t.Errorf("%d are well, %d new connections; %v", p.well(), way.total()-carried, changes)
	}
}

// TestNamesFailComeBackAndMove is for root: the name server is the machine's own, in a file system of the exporter's.
func TestNamesFailComeBackAndMove(t *testing.T) {
	t.Parallel()
	const printers, server = 10, "127.53.10.59"
	names := serveNames(t, server)
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 8})
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	way := openPassage(t, strings.TrimPrefix(srv.URL(), "https://"))
	dir := t.TempDir()
	resolv := file(t, dir, "resolv.conf", "nameserver %s\noptions timeout:1 attempts:1\n", server)
	path := filepath.Join(dir, "config.yaml")
	if err := writeConfig(path, srv, simulator.ConfigOptions{BaseURL: "https://" + way.address, ByHost: true, Interval: time.Second, Timeout: 700 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	p := startBy(t, []string{"unshare", "--mount", "/bin/sh", "-c", `mount --bind "$0" /etc/resolv.conf && GODEBUG=netdns=go exec "$@"`, resolv},
		freeAddress(t), "serve", "--log.level=debug", "--config.file="+path)
	p.until("names cannot be resolved", func() bool {
		return len(p.metric("octoeverywhere_last_error{", `reason="resolve_failed"`, "} 1")) == printers && strings.Contains(p.output(), `"cause":"name server failed"`)
	})
	names.answer("127.0.0.1")
	p.until("all are well", func() bool { return p.well() == printers })

	names.answer("")
	way.close()
	way.open()
	before := len(p.changes())
	time.Sleep(3 * time.Second)
	if changes := p.changes(); p.well() != printers || strings.Contains(strings.Join(changes[before:], ""), "resolve_failed") {
		t.Errorf("what was known of names is forgotten when their server fails: %v", changes[before:])
	}

	names.answer("127.0.0.2")
	way.close()
	_, port, _ := net.SplitHostPort(way.address)
	way.address = net.JoinHostPort("127.0.0.2", port)
	way.open()
	p.until("all are found where they are now", func() bool { return p.well() == printers })
}
