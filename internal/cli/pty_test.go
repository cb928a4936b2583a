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

// typist is the program on a terminal of its own, and who types there.
type typist struct {
	t    *testing.T
	keys io.WriteCloser
	done chan struct{} // closed when it has ended

	mu   sync.Mutex
	seen bytes.Buffer
}

func (p *typist) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.Write(b)
}

func (p *typist) screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.String()
}

// onTerminal starts a command line of a shell on a terminal. script, of util-linux, makes the terminal.
func onTerminal(t *testing.T, dir, line string) *typist {
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
	p := &typist{t: t, done: make(chan struct{})}
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

// until waits until a text is on the screen. The limit is there so that a test that fails ends.
func (p *typist) until(text string) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(p.screen(), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("%q is not there after a minute:\n%q", text, p.screen())
		}
	}
}

func (p *typist) end() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.t.Fatalf("it does not end:\n%q", p.screen())
	}
}

// demoFleet starts the demo's relay, and writes the configuration that fits it into a folder.
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

// TestColourOnATerminalOnly, and not where NO_COLOR is set.
func TestColourOnATerminalOnly(t *testing.T) {
	t.Parallel()
	dir, _, _ := demoFleet(t, 10*time.Second)
	const green, reset = "\x1b[32m", "\x1b[0m"
	for line, coloured := range map[string]bool{
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
		if got := strings.Contains(p.screen(), green+"✓"+reset); got != coloured {
			t.Errorf("%s: coloured: %t\n%q", line, got, p.screen())
		}
	}
}

// TestLadderIsClimbedOnATerminal: while a host hangs one sees how far the question came, and then only the verdict.
func TestLadderIsClimbedOnATerminal(t *testing.T) {
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

// TestInterruptEndsWithWhatIsKnown: a long run is told from, and can be broken off.
func TestInterruptEndsWithWhatIsKnown(t *testing.T) {
	t.Parallel()
	dir, _, _ := demoFleet(t, 10*time.Second)
	p := onTerminal(t, dir, "trap : INT; NO_COLOR=1 octoeverywhere_exporter probe mk4-01 k1-02 xl-01; echo exit code $?")
	p.until("probed 2 of 3, 1 with a fault, waiting for k1-02")
	if _, err := io.WriteString(p.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	p.end()
	for _, want := range []string{"   1  access   supporter lapsed (605)", "2 printers: 1 well, 1 not (access 1); 1 more was not probed: interrupted", "exit code 130"} {
		if !strings.Contains(p.screen(), want) {
			t.Errorf("there is no %q:\n%q", want, p.screen())
		}
	}
}

// TestPastedURLIsNotShown: it is asked for without echo, and an interrupt leaves the terminal as it was.
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
	if !strings.Contains(p.screen(), `added "pasted"`) || !strings.Contains(p.screen(), "All is well.") {
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
