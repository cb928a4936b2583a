package store

import (
	"fmt"
	"os"
	"runtime/debug"
)

// guard calls a function that reads or writes the file, and returns an *unusableError where it panics: bbolt does so on pages
// that cannot be right. So does the runtime where the mapped file ends too early or its disk fails, which would otherwise end
// the process.
func guard(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if v := recover(); v != nil {
			err = &unusableError{reason: damaged, text: fmt.Sprint(v), panicked: true}
		}
	}()
	return f()
}

// unusableError says why a file cannot be used.
type unusableError struct {
	reason, text string
	panicked     bool        // while the database was used
	file         os.FileInfo // nil: whatever is at the path
}

// The reasons, with which the names of files end that are set aside.
const (
	damaged = "damaged"
	foreign = "foreign"
	newer   = "newer"
)

func (e *unusableError) Error() string { return "the file is " + e.reason + ": " + e.text }
