package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive.
type entry struct {
	path string // with slashes, below the archive's root folder
	mode fs.FileMode
	data []byte
}

// commonFiles are patterns of the files in each archive, linuxFiles of those in archives for Linux only. They keep their paths,
// so that the links in documents and the schema reference in config.example.yaml work; linuxFiles lose the prefix deploy/.
var (
	commonFiles = []string{"LICENSE", "README.md", "CHANGELOG.md", "config.example.yaml", "docs/*.md", "docs/*.1", "docs/schema/*.json"}
	linuxFiles  = []string{"deploy/systemd/*"}
)

// contents returns the files of a platform's archive, sorted by path.
func contents(src source, b binary) ([]entry, error) {
	data, err := os.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	licenses, err := thirdParty(src, b)
	if err != nil {
		return nil, err
	}
	files := []entry{
		{b.executable(), 0o755, data},
		{"THIRD_PARTY_LICENSES", 0o644, licenses},
	}
	patterns := slices.Clone(commonFiles)
	if b.os == "linux" {
		patterns = append(patterns, linuxFiles...)
	}
	root := os.DirFS(src.dir)
	for _, pattern := range patterns {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("no files match %s", pattern)
		}
		for _, name := range names {
			data, err := fs.ReadFile(root, name)
			if err != nil {
				return nil, err
			}
			files = append(files, entry{strings.TrimPrefix(name, "deploy/"), 0o644, data})
		}
	}
	slices.SortFunc(files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return files, nil
}

// format returns the file extension of a platform's archive.
func (p platform) format() string {
	if p.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// pack returns a function that creates the platform's archive: all files in one folder, owned by root, with the time of the
// commit.
func (p platform) pack(folder string, files []entry, at time.Time) func() ([]byte, error) {
	if p.os == "windows" {
		return func() ([]byte, error) { return zipped(folder, files, at) }
	}
	return func() ([]byte, error) { return tarred(folder, files, at) }
}

func tarred(folder string, files []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: folder + "/" + f.path, Mode: int64(f.mode), Size: int64(len(f.data)),
			ModTime: at, Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err = cmp.Or(w.Close(), z.Close()) // Close writes the trailers
	return b.Bytes(), err
}

func zipped(folder string, files []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: folder + "/" + f.path, Method: zip.Deflate, Modified: at}
		h.SetMode(f.mode)
		part, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close() // Close writes the central directory
	return b.Bytes(), err
}
