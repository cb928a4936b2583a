package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive.
type entry struct {
	path string // with slashes, below the archive's only folder
	mode fs.FileMode
	data []byte
}

// beside are the files that go along with the program, and those that do so on Linux only.
var (
	beside  = []string{"LICENSE", "README.md", "CHANGELOG.md", "config.example.yaml", "docs/schema/config.schema.json", "docs/schema/printers.schema.json", "docs/octoeverywhere_exporter.1"}
	onLinux = "deploy/systemd/*"
)

// contents are the files of a platform's archive, sorted.
func contents(src source, b binary) ([]entry, error) {
	data, err := os.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	licences, err := thirdParty(src, b)
	if err != nil {
		return nil, err
	}
	files := []entry{
		{b.executable(), 0o755, data},
		{"THIRD_PARTY_LICENSES", 0o644, licences},
	}
	names := slices.Clone(beside)
	if b.os == "linux" {
		units, err := filepath.Glob(filepath.Join(src.dir, onLinux))
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			names = append(names, strings.TrimPrefix(filepath.ToSlash(u), filepath.ToSlash(src.dir)+"/"))
		}
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(src.dir, name))
		if err != nil {
			return nil, err
		}
		files = append(files, entry{strings.TrimPrefix(strings.TrimPrefix(name, "deploy/"), "docs/"), 0o644, data})
	}
	slices.SortFunc(files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return files, nil
}

// format is the ending of a platform's archive.
func (p platform) format() string {
	if p.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// pack makes the platform's archive: all files in one folder, owned by root, with the time of the commit.
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
	err = cmp.Or(w.Close(), z.Close()) // they write the end
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
	err := w.Close() // it writes the directory
	return b.Bytes(), err
}
