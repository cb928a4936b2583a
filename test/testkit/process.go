package testkit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// beProgram is the environment variable with which a test binary is the program.
const beProgram = "TEST_BE_THE_PROGRAM"

// Main runs the tests of a package at the top of the repository, so that paths in them are those that users see. Started by
// Program, the test binary runs program instead, so that nothing has to be built.
func Main(m interface{ Run() int }, top string, program func() int) {
	if os.Getenv(beProgram) != "" {
		os.Exit(program())
	}
	if err := os.Chdir(top); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Program returns a command that runs the program, by way of the test binary.
func Program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), beProgram+"=1")
	return cmd
}

// Wrapped returns the command line wrapper followed by that of Program. A wrapper that clears the environment must set it
// again, see ProgramEnv.
func Wrapped(wrapper []string, args ...string) *exec.Cmd {
	line := slices.Concat(wrapper, os.Args[:1], args)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), ProgramEnv())
	return cmd
}

// ProgramEnv is the variable, with its value, that makes the test binary the program.
func ProgramEnv() string { return beProgram + "=1" }

// Process is a running program that serves over HTTP. It is killed when its test ends.
type Process struct {
	Cmd  *exec.Cmd
	URL  string
	Done chan struct{} // closed when the process has ended

	t   testing.TB
	mu  sync.Mutex
	log bytes.Buffer
}

// Serve starts the program at a free address and waits until it is ready.
func Serve(t testing.TB, args ...string) *Process {
	t.Helper()
	return ServeAt(t, FreeAddress(t), args...)
}

// ServeAt is Serve at an address.
func ServeAt(t testing.TB, address string, args ...string) *Process {
	t.Helper()
	return StartReady(t, Program(append(args, "--web.listen-address="+address)...), address)
}

// ServeWrapped is Serve by way of another program, which gets the command line to run.
func ServeWrapped(t testing.TB, wrapper []string, args ...string) *Process {
	t.Helper()
	address := FreeAddress(t)
	return StartReady(t, Wrapped(wrapper, append(args, "--web.listen-address="+address)...), address)
}

// StartReady starts a command that serves at an address, and waits until it is ready.
func StartReady(t testing.TB, cmd *exec.Cmd, address string) *Process {
	t.Helper()
	p := Start(t, cmd, address)
	p.Until("it is ready", func() bool { status, _ := p.Get("/-/ready"); return status == http.StatusOK })
	return p
}

// Start starts a command that serves at an address. What it writes is kept, where the command has no writers of its own.
func Start(t testing.TB, cmd *exec.Cmd, address string) *Process {
	t.Helper()
	p := &Process{Cmd: cmd, URL: "http://" + address, Done: make(chan struct{}), t: t}
	if cmd.Stdout == nil && cmd.Stderr == nil {
		cmd.Stdout, cmd.Stderr = p, p
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.Done) }()
	t.Cleanup(p.Kill)
	return p
}

// Write takes what the process writes.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

// Output returns what the process has written.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// Until waits until a condition holds. The limit is far above what any machine needs.
func (p *Process) Until(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(90 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		select {
		case <-p.Done:
			p.t.Fatalf("the process ended before %s:\n%s", what, p.Output())
		default:
		}
		if time.Now().After(end) {
			p.t.Fatalf("not within 90 s: %s\n%s", what, p.Output())
		}
	}
}

// Signal sends a signal.
func (p *Process) Signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.Cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// WaitEnd waits until the process has ended, after it got a signal to.
func (p *Process) WaitEnd() {
	p.t.Helper()
	select {
	case <-p.Done:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("the process does not end:\n%s", p.Output())
	}
}

// Kill kills the process and waits for its end.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill()
	<-p.Done
}

// Client sends the requests of Get and Post. No response that a test waits for takes as long as its timeout.
var client = &http.Client{Timeout: 20 * time.Second}

// CloseIdleConnections closes idle connections to processes.
func CloseIdleConnections() { client.CloseIdleConnections() }

// Get returns the status and the body of a path; status 0 and the error if there is no response.
func (p *Process) Get(path string) (status int, body string) { return p.Send(http.MethodGet, path) }

// Post is Get by POST, without a body.
func (p *Process) Post(path string) (status int, body string) { return p.Send(http.MethodPost, path) }

// Send is Get by any method, without a body.
func (p *Process) Send(method, path string) (status int, body string) {
	req, err := http.NewRequest(method, p.URL+path, http.NoBody)
	if err != nil {
		return 0, err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

// Metrics returns the lines of /metrics that contain all of the words.
func (p *Process) Metrics(words ...string) (lines []string) {
	_, text := p.Get("/metrics")
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		has := !strings.HasPrefix(s.Text(), "#")
		for _, w := range words {
			has = has && strings.Contains(s.Text(), w)
		}
		if has {
			lines = append(lines, s.Text())
		}
	}
	return lines
}

// Value returns the value of a metric without labels; 0 if there is none.
func (p *Process) Value(name string) (v float64) {
	for _, l := range p.Metrics(name + " ") {
		_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &v)
	}
	return v
}

// Healthy returns the number of printers without a fault.
func (p *Process) Healthy() int { return len(p.Metrics("octoeverywhere_probe_success{", "} 1")) }
