//go:build unix

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// TestSocketActivation: it serves on each socket that systemd passes, and on no other.
func TestSocketActivation(t *testing.T) {
	t.Parallel()
	activate, err := exec.LookPath("systemd-socket-activate")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("systemd-socket-activate is missing, and this is CI")
		}
		t.Skip("systemd-socket-activate is not installed: it comes with systemd")
	}
	relay, _ := relayOf(t)
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
	first, second, not := testkit.FreeAddress(t), testkit.FreeAddress(t), testkit.FreeAddress(t)
	p := testkit.StartReady(t, testkit.Wrapped([]string{activate, "--listen=" + first, "--listen=" + second, "--setenv=" + testkit.ProgramEnv(), "--"},
		"serve", "--config.file="+path, "--web.systemd-socket", "--web.listen-address="+not), first)
	p.Until("the printer is probed", func() bool { return len(p.Metrics("probe_success{", "} 1")) == 1 })
	p.URL = "http://" + second
	if status, text := p.Get("/-/ready"); status != 200 {
		t.Errorf("the second socket: %d %s", status, text)
	}
	if c, err := net.Dial("tcp", not); err == nil {
		c.Close()
		t.Error("it listens on web.listen-address")
	}
	p.Signal(syscall.SIGTERM)
	<-p.Done
	if !p.Cmd.ProcessState.Success() {
		t.Errorf("%v\n%s", p.Cmd.ProcessState, p.Output())
	}
}

// TestMissingSystemdSocket: the flag without a socket unit is an error that says what is missing.
func TestMissingSystemdSocket(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	cmd := testkit.Program("serve", "--web.systemd-socket", "--config.file="+testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a")))
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), "web.systemd-socket: systemd has passed no socket; start the exporter by a socket unit") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestServiceManagerNotifications: ready once it serves, reloading and ready around each reload, stopping at the end.
func TestServiceManagerNotifications(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	socket := filepath.Join(dir, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	expect := func(want string) {
		t.Helper()
		_ = manager.SetReadDeadline(time.Now().Add(time.Minute))
		b := make([]byte, 4096)
		n, err := manager.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("^(?:" + want + ")$").Match(b[:n]) {
			t.Fatalf("it says %q, want %q", b[:n], want)
		}
	}
	const reloading = `RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+`
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a", "b"))
	address := testkit.FreeAddress(t)
	cmd := testkit.Program("serve", "--config.file="+path, "--web.listen-address="+address)
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+socket)
	p := testkit.StartReady(t, cmd, address)
	expect(`READY=1\nSTATUS=Printers: 2`)

	testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
	p.Signal(syscall.SIGHUP)
	expect(reloading)
	expect(`READY=1\nSTATUS=Printers: 1`)

	testkit.WriteFile(t, dir, "config.yaml", "printers: [{}]\n")
	p.Signal(syscall.SIGHUP)
	expect(reloading)
	expect(`READY=1\nSTATUS=Printers: 1; the last reload failed, the old configuration is still in effect, see the log`)

	p.Signal(syscall.SIGTERM)
	expect(`STOPPING=1`)
	<-p.Done
}

// TestJournalHasPriorities: records in the journal have a priority, for `journalctl -p warning`. Elsewhere they are plain JSON.
func TestJournalHasPriorities(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	stderr := func(journal bool) string {
		t.Helper()
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
		defer ours.Close()
		var stat syscall.Stat_t
		if err := syscall.Fstat(pair[1], &stat); err != nil {
			t.Fatal(err)
		}
		if !journal {
			stat.Ino++ // JOURNAL_STREAM names another stream, as when stderr is redirected
		}
		cmd := testkit.Program("serve", "--web.systemd-socket", "--config.file="+path) // it fails because there is no socket
		cmd.Env = append(cmd.Env, fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
		cmd.Stderr = theirs
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFailed {
			t.Fatal(err)
		}
		theirs.Close()
		text, err := io.ReadAll(ours)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	shape := regexp.MustCompile(`^<4>\{.*"level":"WARN".*\}\n(?:<6>\{.*"level":"INFO".*\}\n)+<3>\{.*"level":"ERROR".*"web.systemd-socket: systemd has passed no socket;.*\}\n$`)
	if got := stderr(true); !shape.MatchString(got) {
		t.Errorf("to the journal:\n%s", got)
	}
	if got := stderr(false); !strings.HasPrefix(got, `{"time":`) || strings.Contains(got, "<") {
		t.Errorf("elsewhere:\n%s", got)
	}
}
