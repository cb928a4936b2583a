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

// build builds the exporter into a folder and gives its path.
func build(ctx context.Context, dir string) (string, error) {
	program := filepath.Join(dir, "octoeverywhere_exporter")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "octoeverywhere_exporter")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the exporter: %w\n%s", err, out)
	}
	return program, nil
}

// process is a program that was started here, and ends when its context does.
type process struct {
	pid    int
	done   chan struct{}
	output tail
}

// endsWithin is how long a process may take to end when it is asked to; then it is killed.
const stopTimeout = 6 * time.Second

// start starts a program. What it says goes to listener as well, unless that is nil. That it ends before ctx does is reported
// to broken.
func startProcess(ctx context.Context, cancel context.CancelCauseFunc, logWriter io.Writer, program string, args ...string) (*process, error) {
	p := &process{done: make(chan struct{})}
	cmd := exec.CommandContext(ctx, program, args...)
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
		_ = cmd.Wait()                                                                           // ProcessState says how it ended
		cancel(fmt.Errorf("%s has ended: %v\n%s", args[0], cmd.ProcessState, p.output.String())) // no cause once ctx is done
		close(p.done)
	}()
	return p, nil
}

// tail is the end of what a process writes.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const maxTail = 4 << 10

// Write keeps the end of b.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[max(0, len(b)-maxTail):]...)
	t.text = append(t.text[:0], t.text[max(0, len(t.text)-maxTail):]...)
	return len(b), nil
}

// String is what was kept, in whole lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.text
	if i := bytes.IndexByte(text, '\n'); len(text) == maxTail && i >= 0 {
		text = text[i+1:]
	}
	return strings.TrimSpace(string(text))
}

// until waits until something holds, or ctx ends.
func waitFor(ctx context.Context, interval time.Duration, condition func() bool) error {
	for !condition() {
		if err := sleepContext(ctx, interval); err != nil {
			return err
		}
	}
	return nil
}

// sleep waits, or gives the reason why ctx ended.
func sleepContext(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
