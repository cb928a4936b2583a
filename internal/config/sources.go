package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
)

// Sources are the files and patterns that a configuration was read from: what has to be watched. The content is, not the
// files' times and not the file system's events: a mounted Kubernetes Secret or ConfigMap changes by a swap of symlinks
// above it, after which a watch on the file is dead.
type Sources struct {
	files    []source
	patterns []pattern
}

type source struct {
	path string
	sum  [sha256.Size]byte // when it was read
}

type pattern struct {
	text    string
	matched []string // when it was read
}

func (f *files) sources() Sources {
	var s Sources
	for _, path := range slices.Sorted(maps.Keys(f.read)) {
		s.files = append(s.files, source{path, f.read[path].sum()})
	}
	for _, text := range slices.Sorted(maps.Keys(f.matched)) {
		s.patterns = append(s.patterns, pattern{text, f.matched[text]})
	}
	return s
}

// Digest reads everything once more and gives a hash of it: another one than AsRead or than before means that a file has
// changed, came, went, or cannot be read any more. It costs about 10 µs a file.
func (s Sources) Digest() string {
	return s.digest(func(f source) [sha256.Size]byte { return readFile(f.path).sum() }, func(p pattern) []string {
		matches, _ := match(p.text) // a bad pattern is not among the sources
		return matches
	})
}

// AsRead is the digest of what Load has read, so that a change between Load and the first Digest is not lost.
func (s Sources) AsRead() string {
	return s.digest(func(f source) [sha256.Size]byte { return f.sum }, func(p pattern) []string { return p.matched })
}

func (s Sources) digest(sum func(source) [sha256.Size]byte, matches func(pattern) []string) string {
	h := sha256.New()
	for _, f := range s.files {
		now := sum(f)
		_, _ = fmt.Fprintf(h, "%q\n", f.path)
		_, _ = h.Write(now[:])
	}
	for _, p := range s.patterns {
		_, _ = fmt.Fprintf(h, "%q %q\n", p.text, matches(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Wants reports whether a file would be read as a printer file once it is there.
func (s Sources) Wants(path string) bool {
	return !hiddenFile(path) && slices.ContainsFunc(s.patterns, func(p pattern) bool {
		matches, err := filepath.Match(p.text, filepath.Clean(path))
		return err == nil && matches
	})
}

// fingerprint identifies a list of texts without showing them.
func fingerprint(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d ", len(t))
		_, _ = io.WriteString(h, t)
	}
	return hex.EncodeToString(h.Sum(nil))
}
