//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// TestConcurrentAdds: printers that are added at once, one by one and from a list, are all there, whether the configuration existed or not.
func TestConcurrentAdds(t *testing.T) {
	t.Parallel()
	const adds = 4
	dir := t.TempDir()
	config := "--config.file=" + filepath.Join(dir, "config.yaml")
	var wg sync.WaitGroup
	for i := range adds {
		wg.Go(func() {
			cmd := testkit.Program("add", "--shared", fmt.Sprint("--name=mk4-", i), config)
			cmd.Stdin = strings.NewReader(fmt.Sprint("https://127.0.0.1:1/", i))
			if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != exitNetwork {
				t.Errorf("%v\n%s", cmd.ProcessState, out)
			}
		})
	}
	wg.Go(func() {
		cmd := testkit.Program("add", "--from=-", config)
		cmd.Stdin = strings.NewReader("https://127.0.0.1:1/a\nhttps://127.0.0.1:1/b\n")
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("%v\n%s", cmd.ProcessState, out)
		}
	})
	wg.Wait()
	if code, out := runProgram(t, nil, "check", config); code != 0 || !strings.Contains(out, fmt.Sprint("is valid: ", adds+2, " printers in 1 file")) {
		t.Errorf("%d %s", code, out)
	}
	for folder, want := range map[string]int{dir: 3, filepath.Join(dir, "secrets"): adds + 2, filepath.Join(dir, "printers.d"): 1} {
		if files, err := os.ReadDir(folder); err != nil || len(files) != want {
			t.Errorf("%s: %v %v", folder, files, err)
		}
	}
}

// TestAddRefusesWhatIsNoFile at once, and leaves no secret behind.
func TestAddRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--printers-file=" + fifo, "--printers-file=/dev/null", "--printers-file=" + dir, "--config.file=" + fifo, "--config.file=" + dir} {
		name, _, _ := strings.Cut(flag, "=")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		cmd := testkit.Program("add", "--shared", "--name=a", "--config.file="+filepath.Join(dir, "config.yaml"), flag)
		cmd.Stdin = strings.NewReader("https://127.0.0.1:1/a")
		context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
		out, _ := cmd.CombinedOutput()
		cancel()
		if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), "is not a regular file; choose another with "+name) {
			t.Errorf("%s: %v\n%s", flag, cmd.ProcessState, out)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("it leaves %v %v", files, err)
	}
}

// TestAddEndsWhileItReads: an interrupt ends it though standard input is a pipe that stays open.
func TestAddEndsWhileItReads(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"add"}, {"add", "--from=-"}} {
		cmd := testkit.Program(append(args, "--config.file="+filepath.Join(t.TempDir(), "config.yaml"))...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		for interrupted := false; !interrupted; { // one that comes before the program handles it is fatal
			select {
			case <-ended:
				interrupted = true
			case <-time.After(100 * time.Millisecond):
				_ = cmd.Process.Signal(syscall.SIGINT)
			}
		}
		kill.Stop()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() == syscall.SIGKILL {
			t.Errorf("%v: an interrupt does not end it", args)
		}
	}
}
