package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun: the configuration is private, and is complete when run reports it.
func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hostile.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if err := run(ctx, []string{"-config.file", path}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if info.Mode().Perm() != 0o600 || err != nil || !strings.Contains(string(text), "  - name: tls-hangs-http1\n") || !strings.Contains(out.String(), path) {
		t.Errorf("mode %v, error %v, output %q", info.Mode(), err, out.String())
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-interval=10ms"}, {"-timeout=0s"}, {"-interval=2s", "-timeout=3s"}, {"-nope"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
