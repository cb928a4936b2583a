package config

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// maxFile is the maximum size of a file in bytes. A configuration of 100,000 printers is a third of it.
const maxFile = 64 << 20

// content is the content of a file, or why it cannot be read.
type content struct {
	data     []byte // without a byte order mark
	problem  string // as "does not exist"; "" if it could be read
	isPublic bool   // every user of the machine may read it
}

// readFile reads a regular file. Nothing else is opened: reading a pipe would block, and a device might never end.
func readFile(path string) content {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return content{problem: fileProblem(err)}
	case info.IsDir():
		return content{problem: "is a directory, not a file"}
	case !info.Mode().IsRegular():
		return content{problem: "is not a regular file"}
	case info.Size() > maxFile:
		return content{problem: tooLarge}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return content{problem: fileProblem(err)}
	}
	return content{data: withoutMark(data), isPublic: runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0}
}

// withoutMark cuts a byte order mark, which some editors write.
func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }

// StandardInput is the path of the configuration file that means standard input.
const StandardInput = "-"

// isStream reports whether a path is standard input or a pipe, such as /dev/fd/63: what is read from it is gone.
func isStream(path string) bool {
	if path == StandardInput {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}

// readStream reads standard input or a pipe to its end.
func readStream(path string) content {
	in := os.Stdin
	if path != StandardInput {
		var err error
		if in, err = os.Open(path); err != nil {
			return content{problem: fileProblem(err)}
		}
		defer in.Close()
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		return content{problem: fileProblem(err)}
	case len(data) > maxFile:
		return content{problem: tooLarge}
	}
	return content{data: withoutMark(data)}
}

const notFound = "does not exist"

var tooLarge = fmt.Sprintf("is larger than %d MiB", maxFile>>20)

// fileProblem returns why a file cannot be read, without its path: that may be a credential in the wrong place.
func fileProblem(err error) string {
	var e *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notFound
	case errors.Is(err, fs.ErrPermission):
		return "cannot be read: permission denied"
	case errors.As(err, &e):
		return "cannot be read: " + e.Err.Error()
	}
	return "cannot be read"
}

// sum identifies the content of a file. It is zero if the file cannot be read.
func (c content) sum() [sha256.Size]byte {
	if c.problem != "" {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(c.data)
}

// match returns the files that match a pattern, sorted. Directories and names with a leading dot are skipped: editors and
// Kubernetes' mounts use those for other purposes. The error is filepath.ErrBadPattern.
func match(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	return slices.DeleteFunc(matches, func(path string) bool {
		info, err := os.Stat(path)
		return isHiddenFile(path) || err == nil && info.IsDir()
	}), err
}

// unreadableDirectory returns why a directory of a pattern cannot be read, "" if all can. filepath.Glob treats a directory
// that it cannot read as empty: the printers in it would disappear without an error.
func unreadableDirectory(pattern string) string {
	parent, name := filepath.Dir(pattern), filepath.Base(pattern)
	if parent == pattern {
		return ""
	}
	if problem := unreadableDirectory(parent); problem != "" {
		return problem
	}
	directories, _ := filepath.Glob(parent) // the pattern is well-formed
	for _, directory := range directories {
		var err error
		if strings.ContainsAny(name, `*?[\`) {
			_, err = os.ReadDir(directory)
		} else {
			_, err = os.Lstat(filepath.Join(directory, name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return fileProblem(err)
		}
	}
	return ""
}

func isHiddenFile(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

// files reads each file once, and records what was read.
type files struct {
	read    map[string]content
	matched map[string][]string // by pattern
	once    bool                // the configuration file is a stream
}

// open reads the configuration file, which may be a stream.
func (f *files) open(path string) {
	if isStream(path) {
		f.read[path], f.once = readStream(path), true
	}
}

func (f *files) content(path string) content {
	c, ok := f.read[path]
	if !ok {
		c = readFile(path)
		f.read[path] = c
	}
	return c
}

func (f *files) match(pattern string) ([]string, error) {
	matches, err := match(pattern)
	if err == nil {
		f.matched[pattern] = matches
	}
	return matches, err
}
