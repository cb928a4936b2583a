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

// process is a program that runs as long as the test does.
type process struct {
	t    *testing.T
	name string
	url  string
	done chan struct{} // closed when it has ended

	mu  sync.Mutex
	log bytes.Buffer
}

// start runs a program that serves on an address.
func start(t *testing.T, name, path, address string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, url: "http://" + address, done: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { p.end(cmd) })
	return p
}

// launch starts a program and waits until a path of it answers 200.
func launch(t *testing.T, name, path, address, ready string, args ...string) *process {
	t.Helper()
	p := start(t, name, path, address, args...)
	p.until("it is ready", func() bool {
		resp, err := http.Get(p.url + ready)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return p
}

// end asks the program to end, and shows what it wrote where the test has failed.
func (p *process) end(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-p.done
	}
	if p.t.Failed() {
		p.t.Logf("%s wrote:\n%s", p.name, p.output())
	}
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

// output is the end of what the program wrote.
func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.log.Bytes()
	return string(b[max(0, len(b)-4000):])
}

// until waits until something holds. The limit is far above what it takes anywhere: it is there so that a test that fails
// ends.
func (p *process) until(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(90 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		select {
		case <-p.done:
			p.t.Fatalf("%s has ended before %s:\n%s", p.name, what, p.output())
		default:
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s: not after 90 s: %s", p.name, what)
		}
	}
}

// get reads JSON from a path; false where there is none.
func (p *process) get(path string, into any) bool {
	resp, err := http.Get(p.url + path)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK && json.Unmarshal(b, into) == nil
}

// freeAddress is an address of this machine where nothing listens at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := loopback.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address
}
