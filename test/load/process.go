package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// build builds the exporter into dir and returns its path.
func build(ctx context.Context, dir string) (string, error) {
	program := filepath.Join(dir, "octoeverywhere_exporter")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "octoeverywhere_exporter")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the exporter: %w\n%s", err, out)
	}
	return program, nil
}

// process is a child process. It stops when its context ends.
type process struct {
	pid    int
	done   chan struct{}
	output tail
}

// stopTimeout is how long a process may take to stop after an interrupt. Then it is killed.
const stopTimeout = 6 * time.Second

// startProcess starts a command. Its output is also written to logWriter, if that is not nil. If the process ends before
// its context, cancel is called with the reason.
func startProcess(cmd *exec.Cmd, cancel context.CancelCauseFunc, logWriter io.Writer) (*process, error) {
	p := &process{done: make(chan struct{})}
	var output io.Writer = &p.output
	if logWriter != nil {
		output = io.MultiWriter(output, logWriter)
	}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopTimeout
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	go func() {
		_ = cmd.Wait()                                                                                       // ProcessState has the result
		cancel(fmt.Errorf("%s ended: %v\n%s", filepath.Base(cmd.Path), cmd.ProcessState, p.output.String())) // no effect once ctx has ended
		close(p.done)
	}()
	return p, nil
}

// tail keeps the end of a process's output.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const maxTail = 4 << 10

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[max(0, len(b)-maxTail):]...)
	t.text = append(t.text[:0], t.text[max(0, len(t.text)-maxTail):]...)
	return len(b), nil
}

// String returns the kept lines, without a partial first one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.text
	if i := bytes.IndexByte(text, '\n'); len(text) == maxTail && i >= 0 {
		text = text[i+1:]
	}
	return strings.TrimSpace(string(text))
}

// waitFor polls until condition is true or ctx ends.
func waitFor(ctx context.Context, interval time.Duration, condition func() bool) error {
	for !condition() {
		if err := sleepContext(ctx, interval); err != nil {
			return err
		}
	}
	return nil
}

// sleepContext sleeps for d, or returns the cause of ctx's end.
func sleepContext(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
