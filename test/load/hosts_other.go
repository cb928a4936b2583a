//go:build !linux

package main

import (
	"context"
	"errors"
	"os/exec"
)

func commandWithHosts(ctx context.Context, _, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, program, args...)
}

func execWithHosts([]string) error { return errors.ErrUnsupported }
