package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// checksums are the lines of sha256sums.txt, in the format of sha256sum --check.
type checksums []string

// write writes a file of the release and records its checksum.
func (c *checksums) write(dir, name string, content func() ([]byte, error)) error {
	data, err := content()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*c = append(*c, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}

// text returns the lines sorted by file name.
func (c *checksums) text() []byte {
	lines := slices.Clone(*c)
	slices.SortFunc(lines, func(a, b string) int { return bytes.Compare([]byte(a[2*sha256.Size:]), []byte(b[2*sha256.Size:])) })
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l)
	}
	return b.Bytes()
}
