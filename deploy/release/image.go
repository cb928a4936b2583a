package main

import (
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

// imageContext completes the build context: the Dockerfile with the values of this release as defaults, and CA certificates.
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
	if err := writeFile(filepath.Join(dir, "ca-certificates.crt"), caCertificates, 0o644); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "Dockerfile"), []byte(text), 0o644)
}

// writeFile writes a file with a mode that is independent of the umask, because another user reads it in the image.
func writeFile(path string, data []byte, mode os.FileMode) error {
	return cmp.Or(os.WriteFile(path, data, mode), os.Chmod(path, mode))
}
