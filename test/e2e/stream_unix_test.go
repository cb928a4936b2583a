//go:build unix

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestConfigurationFromAStream: standard input, a pipe that a shell has opened, and a named pipe are read once, with files
// relative to the working directory. The running configuration survives a reload, which says why it does nothing.
func TestConfigurationFromAStream(t *testing.T) {
	t.Parallel()
	const text = "\ufeffprinters: [{name: a, url_file: address}]\n"
	for name, start := range map[string]func(dir string, args ...string) *testkit.Process{
		"standard input": func(dir string, args ...string) *testkit.Process {
			cmd := testkit.Program(append(args, "--config.file=-")...)
			cmd.Stdin = strings.NewReader(text)
			return startIn(t, dir, cmd)
		},
		"a pipe of a shell": func(dir string, args ...string) *testkit.Process {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := w.WriteString(text); err != nil {
				t.Fatal(err)
			}
			_ = w.Close()
			cmd := testkit.Program(append(args, "--config.file=/dev/fd/3")...)
			cmd.ExtraFiles = []*os.File{r}
			return startIn(t, dir, cmd)
		},
		"a named pipe": func(dir string, args ...string) *testkit.Process {
			fifo := filepath.Join(t.TempDir(), "fifo")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			go func() { _ = os.WriteFile(fifo, []byte(text), 0o600) }()
			return startIn(t, dir, testkit.Program(append(args, "--config.file="+fifo)...))
		},
	} {
		dir := t.TempDir()
		testkit.WriteFile(t, dir, "address", "https://127.0.0.1:1")
		p := start(dir, "serve", "--web.enable-lifecycle")
		const once = "configuration cannot be reloaded: it was read from standard input or a pipe"
		if !strings.Contains(p.Output(), once) {
			t.Errorf("%s: no warning:\n%s", name, p.Output())
		}
		const cannot = "which cannot be read again; restart the exporter to change it"
		if status, body := p.Post("/-/reload"); status != 500 || !strings.Contains(body, cannot) {
			t.Errorf("%s: POST /-/reload: %d %s", name, status, body)
		}
		p.Signal(syscall.SIGHUP)
		p.Until("SIGHUP is logged", func() bool { return strings.Count(p.Output(), cannot) == 2 })
		if len(p.Metrics(`octoeverywhere_printer_enabled{printer="a"`)) != 1 || p.Value("octoeverywhere_exporter_config_last_reload_successful") != 0 {
			t.Errorf("%s: the running configuration is lost", name)
		}
		p.Kill()
	}
	if code, out := runProgram(t, nil, "add", "--config.file=-"); code != exitUsage || !strings.Contains(out, "--config.file must be a file") {
		t.Errorf("add: exit code %d\n%s", code, out)
	}
}

// TestConfigurationBecomesAPipe: a reload does not wait for the writer of a pipe that has taken the place of the configuration
// file. It is an error like any other, and the next reload works.
func TestConfigurationBecomesAPipe(t *testing.T) {
	t.Parallel()
	const text = "printers: [{name: %s, url: \"https://127.0.0.1:1\"}]\n"
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", text, "a")
	p := startIn(t, dir, testkit.Program("serve", "--web.enable-lifecycle", "--config.file="+path))
	if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	if status, body := p.Post("/-/reload"); status != 500 || !strings.Contains(body, "config.yaml: is not a regular file") {
		t.Errorf("with a pipe: %d %s", status, body)
	}
	if len(p.Metrics(`octoeverywhere_printer_enabled{printer="a"`)) != 1 {
		t.Error("the running configuration is lost")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	testkit.WriteFile(t, dir, "config.yaml", text, "b")
	if status, body := p.Post("/-/reload"); status != 200 || len(p.Metrics(`octoeverywhere_printer_enabled{printer="b"`)) != 1 {
		t.Errorf("with a file again: %d %s", status, body)
	}
}

// startIn starts a server in a directory and waits until it is ready.
func startIn(t *testing.T, dir string, cmd *exec.Cmd) *testkit.Process {
	t.Helper()
	address := testkit.FreeAddress(t)
	cmd.Dir = dir
	cmd.Args = append(cmd.Args, "--web.listen-address="+address)
	return testkit.StartReady(t, cmd, address)
}
