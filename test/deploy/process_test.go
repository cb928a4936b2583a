package deploy

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit/loopback"
)

// process is a program that runs until the test ends.
type process struct {
	t    *testing.T
	name string
	url  string
	done chan struct{} // closed when the program has exited

	mu  sync.Mutex
	log bytes.Buffer
}

// startProcess starts a program that listens on an address.
func startProcess(t *testing.T, name, path, address string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, url: "http://" + address, done: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { p.stop(cmd) })
	return p
}

// startReady starts a program and waits until its path ready returns 200.
func startReady(t *testing.T, name, path, address, ready string, args ...string) *process {
	t.Helper()
	p := startProcess(t, name, path, address, args...)
	p.waitUntil("it is ready", func() bool {
		resp, err := http.Get(p.url + ready)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return p
}

// stop terminates the program, and logs its output if the test has failed.
func (p *process) stop(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-p.done
	}
	if p.t.Failed() {
		p.t.Logf("output of %s:\n%s", p.name, p.output())
	}
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

// output returns the last 4000 bytes of the program's output.
func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.log.Bytes()
	return string(b[max(0, len(b)-4000):])
}

// waitUntil waits until a condition holds. The timeout of 90 s only ends tests that fail.
func (p *process) waitUntil(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(90 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		select {
		case <-p.done:
			p.t.Fatalf("%s exited before %s:\n%s", p.name, what, p.output())
		default:
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s: not within 90 s: %s", p.name, what)
		}
	}
}

// get decodes the JSON response of a path, and reports whether there was one.
func (p *process) get(path string, into any) bool {
	resp, err := http.Get(p.url + path)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK && json.Unmarshal(b, into) == nil
}

// freeAddress returns a loopback address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := loopback.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address
}
