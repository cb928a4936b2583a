package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// artifacts are the files of a release, by name. Several goroutines write them.
type artifacts struct {
	dir    string
	mu     sync.Mutex
	sha256 map[string]string // in hexadecimal
}

// write writes a file of the release and records its checksum.
func (a *artifacts) write(name string, content func() ([]byte, error)) error {
	data, err := content()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.mu.Lock()
	a.sha256[name] = fmt.Sprintf("%x", sha256.Sum256(data))
	a.mu.Unlock()
	return os.WriteFile(filepath.Join(a.dir, name), data, 0o644)
}

// sums returns the checksums sorted by file name, in the format of sha256sum --check.
func (a *artifacts) sums() []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a.sha256)) {
		fmt.Fprintf(&b, "%s  %s\n", a.sha256[name], name)
	}
	return []byte(b.String())
}
