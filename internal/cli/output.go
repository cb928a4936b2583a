package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
	"syscall"
)

// output is standard output. It keeps the first error of a write, so that no command can lose one: run reports it. A write may
// hang for ever in a goroutine that run does not wait for.
type output struct {
	io.Writer
	err atomic.Pointer[error]
}

// Write writes text, or returns the error of an earlier write.
func (o *output) Write(text []byte) (int, error) {
	if err := o.err.Load(); err != nil {
		return 0, *err
	}
	n, err := o.Writer.Write(text)
	if err != nil {
		o.err.Store(&err)
	}
	return n, err
}

// problem returns why the output is not complete, nil if it is.
func (o *output) problem() error {
	first := o.err.Load()
	if first == nil {
		return nil
	}
	err := *first
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // without the name of the device
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("standard output: %w; free some space, and run the command again", err)
	}
	return fmt.Errorf("standard output: %w; the output is not complete, run the command again", err)
}
