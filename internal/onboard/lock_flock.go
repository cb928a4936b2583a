//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package onboard

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockRetry is how often a lock that another process holds is tried again.
const lockRetry = 20 * time.Millisecond

// lockDirectory locks a directory for this process until unlock is called or the process ends. It waits for a process that has the
// lock until ctx is done. The lock is on the directory itself (flock), so no file can be left behind. A file system without locks
// locks nothing.
func lockDirectory(ctx context.Context, path string) (unlock func(), err error) {
	d, err := os.Open(path)
	if err != nil {
		return func() {}, nil //nolint:nilerr // it may be written to but not read
	}
	unlock = func() { _ = d.Close() }
	for {
		switch err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return unlock, nil
		}
		select {
		case <-ctx.Done():
			unlock()
			return nil, ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}
