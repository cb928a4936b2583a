package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// serveWithLogPipe starts the program with its standard output and error in a pipe, and returns the reading end.
func serveWithLogPipe(t *testing.T, args ...string) (*testkit.Process, *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	t.Cleanup(func() { _ = read.Close() })
	address := testkit.FreeAddress(t)
	cmd := testkit.Program(append(args, "--web.listen-address="+address)...)
	cmd.Stdout, cmd.Stderr = write, write
	return testkit.StartReady(t, cmd, address), read
}

// logMuch reloads an invalid configuration until records are dropped, because nobody reads the log.
func logMuch(t *testing.T, p *testkit.Process, dir string) {
	t.Helper()
	var invalid strings.Builder
	invalid.WriteString("printers:\n")
	for i := range 100 {
		fmt.Fprintf(&invalid, "- {nam: %d, comment: %s}\n", i, strings.Repeat("x", 200))
	}
	testkit.WriteFile(t, dir, "config.yaml", "%s", invalid.String())
	for range 1000 {
		if status, text := p.Post("/-/reload"); status != http.StatusInternalServerError {
			t.Fatalf("%d %s", status, text)
		}
		if p.Value(logDropped) > 0 {
			return
		}
	}
	t.Fatal("no record is dropped")
}

const logDropped = "octoeverywhere_exporter_log_dropped_total"

// TestLogReaderStandsStill: printers are probed and pages served. Records are dropped and counted; when the reader comes back, the
// log tells how many.
func TestLogReaderStandsStill(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
	p, log := serveWithLogPipe(t, "serve", "--config.file="+path, "--web.enable-lifecycle", "--log.level=debug")
	logMuch(t, p, dir)
	probes := func() (n float64) {
		for _, l := range p.Metrics("octoeverywhere_probes_total{") {
			_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &n)
		}
		return n
	}
	before := probes()
	p.Until("the printer is probed", func() bool { return probes() >= before+2 })

	found := make(chan string, 1)
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if strings.Contains(lines.Text(), `"log records dropped`) {
				found <- lines.Text()
				return
			}
		}
	}()
	select {
	case line := <-found:
		if !strings.Contains(line, `"level":"WARN"`) || !strings.Contains(line, `"records":`) {
			t.Errorf("the log tells of dropped records: %q", line)
		}
	case <-time.After(30 * time.Second):
		t.Error("the log does not tell of dropped records")
	}
}

// TestEndsWhileLogReaderStandsStill and writes what fits.
func TestEndsWhileLogReaderStandsStill(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
	p, _ := serveWithLogPipe(t, "serve", "--config.file="+path, "--web.enable-lifecycle")
	logMuch(t, p, dir)
	begin := time.Now()
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if took := time.Since(begin); took > 5*time.Second || !p.Cmd.ProcessState.Success() {
		t.Errorf("it ended after %v: %v", took, p.Cmd.ProcessState)
	}
}

// TestLogReaderDies: an exporter goes on, and counts what is lost. The demo ends, see TestDemoEndsWithItsReader.
func TestLogReaderDies(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	p, log := serveWithLogPipe(t, "serve", "--config.file="+path, "--web.enable-lifecycle")
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := p.Value(logDropped)
		if status, text := p.Post("/-/reload"); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		p.Until("records are counted as dropped", func() bool { return p.Value(logDropped) > before })
	}
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if !p.Cmd.ProcessState.Success() {
		t.Errorf("%v", p.Cmd.ProcessState)
	}
}
