package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// session is a shell command on a terminal.
type session struct {
	t    *testing.T
	keys io.WriteCloser
	done chan struct{} // closed when it has ended

	mu   sync.Mutex
	seen bytes.Buffer
}

func (p *session) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.Write(b)
}

func (p *session) screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.String()
}

// onTerminal starts a shell command on a terminal, which script(1) of util-linux opens.
func onTerminal(t *testing.T, dir, line string) *session {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux's script is known")
	}
	script, err := exec.LookPath("script")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("script is missing, and this is CI")
		}
		t.Skip("script is not installed: apt-get install bsdutils brings it")
	}
	p := &session{t: t, done: make(chan struct{})}
	cmd := exec.Command(script, "-qec", line, "/dev/null")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm", "SHELL=/bin/sh")
	cmd.Stdout, cmd.Stderr = p, p
	if p.keys, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-p.done })
	return p
}

// until waits until a text is on the screen. The limit ends a test that fails.
func (p *session) until(text string) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(p.screen(), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("%q is not there after a minute:\n%q", text, p.screen())
		}
	}
}

func (p *session) end() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.t.Fatalf("it does not end:\n%q", p.screen())
	}
}

// demoFleet starts the relay of the demo and writes a configuration for it into a folder.
func demoFleet(t *testing.T, timeout time.Duration) (dir string, relay *simulator.Relay, srv *simulator.Server) {
	t.Helper()
	relay = simulator.Demo(1)
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	dir = t.TempDir()
	if err := writeConfig(filepath.Join(dir, "config.yaml"), srv, simulator.ConfigOptions{Interval: 2 * timeout, Timeout: timeout}); err != nil {
		t.Fatal(err)
	}
	return dir, relay, srv
}

// TestColorOnTerminalOnly, unless NO_COLOR is set.
func TestColorOnTerminalOnly(t *testing.T) {
	t.Parallel()
	dir, _, _ := demoFleet(t, 10*time.Second)
	const green, reset = "\x1b[32m", "\x1b[0m"
	for line, colored := range map[string]bool{
		"octoeverywhere_exporter probe mk4-01":                           true,
		"octoeverywhere_exporter probe mk4-01 mk4-02":                    true,
		"NO_COLOR=1 octoeverywhere_exporter probe mk4-01":                false,
		"TERM=dumb octoeverywhere_exporter probe mk4-01":                 false,
		"octoeverywhere_exporter probe mk4-01 2>/dev/null | cat":         false,
		"octoeverywhere_exporter probe mk4-01 --output=json 2>/dev/null": false,
		"octoeverywhere_exporter probe mk4-01 >/dev/null 2>log; cat log": false,
	} {
		p := onTerminal(t, dir, line)
		p.end()
		if got := strings.Contains(p.screen(), green+"✓"+reset); got != colored {
			t.Errorf("%s: colored: %t\n%q", line, got, p.screen())
		}
	}
}

// TestProgressOnTerminal: while a host hangs, the layers that the request has passed are shown.
func TestProgressOnTerminal(t *testing.T) {
	t.Parallel()
	dir, _, _ := demoFleet(t, 10*time.Second)
	p := onTerminal(t, dir, "NO_COLOR=1 octoeverywhere_exporter probe k1-02")
	p.until("✓ network  up")
	p.until("… service           status: wait, ")
	if _, err := io.WriteString(p.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	p.end()
	if !strings.Contains(p.screen(), "interrupted: no result for k1-02") {
		t.Errorf("%q", p.screen())
	}
}

// TestInterruptShowsResultsSoFar: several probes show their progress, and can be interrupted.
func TestInterruptShowsResultsSoFar(t *testing.T) {
	t.Parallel()
	dir, _, _ := demoFleet(t, 10*time.Second)
	p := onTerminal(t, dir, "trap : INT; NO_COLOR=1 octoeverywhere_exporter probe mk4-01 k1-02 xl-01; echo exit code $?")
	p.until("probed 2 of 3, 1 with a fault, waiting for k1-02")
	if _, err := io.WriteString(p.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	p.end()
	for _, want := range []string{"   1  access   supporter lapsed (605)", "2 printers: 1 OK, 1 with a fault (access 1); 1 not probed (interrupted)", "exit code 130"} {
		if !strings.Contains(p.screen(), want) {
			t.Errorf("there is no %q:\n%q", want, p.screen())
		}
	}
}

// TestPastedURLIsNotShown: it is read without echo, and an interrupt restores the terminal.
func TestPastedURLIsNotShown(t *testing.T) {
	t.Parallel()
	dir, relay, srv := demoFleet(t, 10*time.Second)
	testkit.WriteFile(t, dir, "workshop.yaml", "defaults: {tls_config: {ca_file: ca.pem}}\nservice: {url: %q}\nprinter_files: [printers.d/*.yaml]\n", srv.URL())
	testkit.WriteFile(t, dir, "ca.pem", "%s", srv.CAPEM())
	printer := relay.Printers()[0]

	p := onTerminal(t, dir, "octoeverywhere_exporter add --config.file=workshop.yaml")
	p.until("Paste the completion URL of the App Connection Portal (it is not shown), then press Enter: ")
	url := "https://octoeverywhere.com/appportal/v1/complete?success=true&url=" + srv.URL() + "/p/" + printer.ID + "&printername=pasted&authBearerToken=" + printer.Bearer
	if _, err := io.WriteString(p.keys, url+"\r"); err != nil {
		t.Fatal(err)
	}
	p.end()
	if !strings.Contains(p.screen(), `added "pasted"`) || !strings.Contains(p.screen(), "OK.") {
		t.Errorf("%q", p.screen())
	}
	if leaks(p.screen(), secretsOf(relay)) || strings.Contains(p.screen(), "appportal") {
		t.Errorf("the URL is shown")
	}

	p = onTerminal(t, dir, "trap : INT; octoeverywhere_exporter add --config.file=workshop.yaml; echo exit code $?; stty -a")
	p.until("press Enter: ")
	if _, err := io.WriteString(p.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	p.end()
	if !strings.Contains(p.screen(), "exit code 130") || !regexp.MustCompile(`[ ;]echo\b`).MatchString(p.screen()) {
		t.Errorf("%q", p.screen())
	}
}
