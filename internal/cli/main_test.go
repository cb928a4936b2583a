package cli

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"octoeverywhere_exporter/test/testkit/loopback"
)

// TestMain lets the test binary be the program, so that tests can start it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_BE_THE_PROGRAM") != "" {
		program()
		return
	}
	_ = flag.Set("test.parallel", "8") // they wait far more than they work
	testscript.Main(atTop{m}, map[string]func(){"octoeverywhere_exporter": program})
}

// atTop runs tests at the top of the repository, so that paths in them are those that users see.
type atTop struct{ *testing.M }

func (t atTop) Run() int {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	return t.M.Run()
}

// program is the process.
func program() { os.Exit(Main(os.Args[1:], "", os.Stdin, os.Stdout, os.Stderr)) }

// process is the program, running.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	done chan struct{} // closed when it has ended

	mu  sync.Mutex
	log bytes.Buffer
}

// tool gives the path of a program that a test needs. Without it the test is left out, but not in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing, and this is CI", name)
		}
		t.Skipf("%s is not installed; the first step of .ci/run names the package that brings it", name)
	}
	return path
}

// start runs a command that serves, and waits until it does.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startBy(t, nil, freeAddress(t), args...)
}

// startBy is start by way of another program, which is given the command line to run, and at an address.
func startBy(t *testing.T, by []string, address string, args ...string) *process {
	t.Helper()
	return startProgram(t, slices.Concat(by, os.Args[:1]), address, args...)
}

// startProgram is start for what is built elsewhere.
func startProgram(t *testing.T, program []string, address string, args ...string) *process {
	t.Helper()
	line := slices.Concat(program, args, []string{"--web.listen-address=" + address})
	return startCommand(t, exec.Command(line[0], line[1:]...), address)
}

// startOn runs a command that serves on an address, in plain HTTP, and waits until it does.
func startOn(t *testing.T, address string, args ...string) *process {
	t.Helper()
	return startCommand(t, exec.Command(os.Args[0], args...), address)
}

// startCommand does the same with a command that ends up as the program, which serves on an address.
func startCommand(t *testing.T, cmd *exec.Cmd, address string) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, url: "http://" + address, done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), append(cmd.Env, "TEST_BE_THE_PROGRAM=1")...)
	p.cmd.Stdout = p
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.done })
	p.until("it is ready", func() bool { status, _ := p.get("/-/ready"); return status == 200 })
	return p
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// until waits until something holds. The limit is far above what it takes anywhere: it is there so that a test that
// fails ends.
func (p *process) until(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		select {
		case <-p.done:
			p.t.Fatalf("it has ended before %s:\n%s", what, p.output())
		default:
		}
		if time.Now().After(end) {
			p.t.Fatalf("not after a minute: %s\n%s", what, p.output())
		}
	}
}

// ended waits until it has ended, after it was asked to.
func (p *process) ended() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("it has not ended:\n%s", p.output())
	}
}

// impatient asks the program. Nothing that a test asks for takes as long.
var impatient = &http.Client{Timeout: 20 * time.Second}

func (p *process) get(path string) (int, string) {
	resp, err := impatient.Get(p.url + path)
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

func (p *process) post(path string) (int, string) {
	resp, err := impatient.Post(p.url+path, "", nil)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

// metric gives the lines of /metrics that hold all of the words.
func (p *process) metric(words ...string) (lines []string) {
	_, text := p.get("/metrics")
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

// freeAddress is a loopback address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := loopback.Free(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// file writes a file into a folder of the test's own and gives its path.
func file(t *testing.T, dir, name, format string, args ...any) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, format, args...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
