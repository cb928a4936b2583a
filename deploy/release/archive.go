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
	"regexp"
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

// released are patterns of the paths of the files in each archive. They keep their paths, so that the links in documents, the schema
// reference in config.example.yaml and the commands in docs/deployment.md work.
var released = regexp.MustCompile(`^(LICENSE|[A-Z_]+\.md|config\.example\.yaml|docs/.+|deploy/(alertmanager|compose|grafana|helm|kubernetes|prometheus|systemd)/.+)$`)

// completions are the completion scripts by the file names that the shells expect.
var completions = map[string]string{
	"octoeverywhere_exporter.bash": "bash.sh",
	"_octoeverywhere_exporter":     "zsh.sh",
	"octoeverywhere_exporter.fish": "fish.sh",
}

// sharedFiles returns the files in the archives of all platforms.
func sharedFiles(src source) (files []entry, err error) {
	names, err := output(src.dir, "git", "ls-files")
	if err != nil {
		return nil, err
	}
	add := func(to, from string) error {
		data, err := os.ReadFile(filepath.Join(src.dir, filepath.FromSlash(from)))
		files = append(files, entry{to, 0o644, data})
		return err
	}
	for name := range strings.Lines(names) {
		if name = strings.TrimSpace(name); released.MatchString(name) {
			if err := add(name, name); err != nil {
				return nil, err
			}
		}
	}
	for to, from := range completions {
		if err := add("completions/"+to, "internal/cli/completion/"+from); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// contents returns the files of a platform's archive, sorted by path.
func contents(src source, b binary, shared []entry) ([]entry, error) {
	data, err := os.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	licenses, err := thirdParty(src, b)
	if err != nil {
		return nil, err
	}
	files := append(slices.Clone(shared), entry{b.executable(), 0o755, data}, entry{"THIRD_PARTY_LICENSES", 0o644, licenses})
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
	z := gzip.NewWriter(&b) // the best compression is 0.7 % smaller, and takes three times as long
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
	err := cmp.Or(w.Close(), z.Close()) // Close writes the trailers
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
