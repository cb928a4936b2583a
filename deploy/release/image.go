package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// inImage reports whether the container image supports the platform.
func (p platform) inImage() bool { return p.os == "linux" && p.arm == "" }

// toImage copies the files of a platform to the build context, into a folder named as image builders name the platform.
func (p platform) toImage(dir string, files []entry) error {
	if !p.inImage() {
		return nil
	}
	dir = filepath.Join(dir, p.os, p.arch)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if f.path != program && f.path != "LICENSE" && f.path != "THIRD_PARTY_LICENSES" {
			continue
		}
		if err := writeFile(filepath.Join(dir, f.path), f.data, f.mode); err != nil {
			return err
		}
	}
	return nil
}

// imageContext completes the build context: the Dockerfile with the values of this release as defaults, CA certificates, and
// the folder that becomes the image's volume.
func imageContext(dir string, src source, caCertificates []byte) error {
	dockerfile, err := os.ReadFile(filepath.Join(src.dir, "deploy", "Dockerfile"))
	if err != nil {
		return err
	}
	text := string(dockerfile)
	for arg, value := range map[string]string{
		"VERSION": src.version, "REVISION": src.revision, "CREATED": src.committed.Format(time.RFC3339),
	} {
		line := "\nARG " + arg + "\n"
		if !strings.Contains(text, line) {
			return fmt.Errorf("deploy/Dockerfile has no line ARG %s", arg)
		}
		text = strings.Replace(text, line, fmt.Sprintf("\nARG %s=%s\n", arg, value), 1)
	}
	state, err := stateFolder(src.committed)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "state.tar"), state, 0o644); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "ca-certificates.crt"), caCertificates, 0o644); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "Dockerfile"), []byte(text), 0o644)
}

// imageUser is the user and the group of the image.
const imageUser = 65532

// stateFolder returns an archive with the empty folder /var/lib/octoeverywhere_exporter, which only the image's user can read, and
// its parents.
func stateFolder(at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "var/", Mode: 0o755},
		{Name: "var/lib/", Mode: 0o755},
		{Name: "var/lib/" + program + "/", Mode: 0o700, Uid: imageUser, Gid: imageUser},
	} {
		h.Typeflag, h.ModTime, h.Format = tar.TypeDir, at, tar.FormatUSTAR
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
	}
	err := w.Close() // Close writes the trailer
	return b.Bytes(), err
}

// writeFile writes a file with a mode that is independent of the umask, because another user reads it in the image.
func writeFile(path string, data []byte, mode os.FileMode) error {
	return cmp.Or(os.WriteFile(path, data, mode), os.Chmod(path, mode))
}
