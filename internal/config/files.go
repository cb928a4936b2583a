package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// maxFile is the most that a file may hold, in bytes. 100,000 printers are a third of it.
const maxFile = 64 << 20

// content is what a file holds, or why it cannot be had.
type content struct {
	data    []byte
	problem string // as "does not exist"; "" if it could be read
	public  bool   // every user of the machine may read it
}

// readFile reads a regular file. Nothing else is opened: a pipe would block, a device might never end.
func readFile(path string) content {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return content{problem: problem(err)}
	case info.IsDir():
		return content{problem: "is a directory, not a file"}
	case !info.Mode().IsRegular():
		return content{problem: "is not a regular file"}
	case info.Size() > maxFile:
		return content{problem: fmt.Sprintf("is larger than %d MiB", maxFile>>20)}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return content{problem: problem(err)}
	}
	return content{data: data, public: runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0}
}

// absent is the problem of a file that is not there.
const absent = "does not exist"

// problem says why a file cannot be read. The path is left out: what stands for it can be a credential in the wrong place.
func problem(err error) string {
	var e *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absent
	case errors.Is(err, fs.ErrPermission):
		return "may not be read: permission denied"
	case errors.As(err, &e):
		return "cannot be read: " + e.Err.Error()
	}
	return "cannot be read"
}

// sum identifies what a file holds, or that it cannot be read.
func (c content) sum() [sha256.Size]byte {
	if c.problem != "" {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(c.data)
}

// match gives the files that a pattern names, in order. Directories and names with a leading dot are passed over: editors
// and Kubernetes' mounts keep what is not meant in those. The error is filepath.ErrBadPattern.
func match(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	return slices.DeleteFunc(matches, func(path string) bool {
		info, err := os.Stat(path)
		return hiddenFile(path) || err == nil && info.IsDir()
	}), err
}

// blocked says why a pattern cannot be followed, as problem does; "" where it can be. filepath.Glob takes a folder that it may
// not look into for an empty one, and the printers in it would be gone without a word.
func blocked(pattern string) string {
	dir, name := filepath.Dir(pattern), filepath.Base(pattern)
	if dir == pattern {
		return ""
	}
	if p := blocked(dir); p != "" {
		return p
	}
	folders, _ := filepath.Glob(dir) // it is well-formed
	for _, folder := range folders {
		var err error
		if strings.ContainsAny(name, `*?[\`) {
			_, err = os.ReadDir(folder)
		} else {
			_, err = os.Lstat(filepath.Join(folder, name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return problem(err)
		}
	}
	return ""
}

func hiddenFile(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

// files reads each file once and keeps account of it.
type files struct {
	read    map[string]content
	matched map[string][]string // by pattern
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
