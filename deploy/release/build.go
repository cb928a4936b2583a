package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// source is a clean clone of the released commit. Uncommitted changes are not released.
type source struct {
	dir       string
	revision  string
	committed time.Time // the time stamp of all files in the release
	version   string
}

// checkOut clones the commit that is checked out.
func checkOut(dir string) (source, error) {
	top, err := output("", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return source{}, err
	}
	if _, err := output("", "git", "clone", "--quiet", "--shared", top, dir); err != nil {
		return source{}, err
	}
	revision, err := output("", "git", "rev-parse", "HEAD")
	if err != nil {
		return source{}, err
	}
	if _, err := output(dir, "git", "checkout", "--quiet", "--detach", revision); err != nil {
		return source{}, err
	}
	at, err := output(dir, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return source{}, err
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	return source{dir: dir, revision: revision, committed: time.Unix(seconds, 0).UTC()}, err
}

// platform is a target platform.
type platform struct{ os, arch, arm string }

var platforms = []platform{
	{os: "linux", arch: "amd64"},
	{os: "linux", arch: "arm64"},
	{os: "linux", arch: "arm", arm: "7"},
	{os: "darwin", arch: "amd64"},
	{os: "darwin", arch: "arm64"},
	{os: "windows", arch: "amd64"},
}

// String returns the platform as in the names of archives: linux-armv7.
func (p platform) String() string {
	if p.arm != "" {
		return p.os + "-" + p.arch + "v" + p.arm
	}
	return p.os + "-" + p.arch
}

// executable returns the file name of the program.
func (p platform) executable() string {
	if p.os == "windows" {
		return program + ".exe"
	}
	return program
}

// binary is the program built for a platform.
type binary struct {
	platform
	path string
	info *buildinfo.BuildInfo
}

// build compiles the program for a platform. The binary is static, contains no path of the build machine, and records its
// commit. It is no PIE: without cgo, the linker creates a PIE that needs a dynamic loader.
func (p platform) build(src source, work string) (binary, error) {
	path := filepath.Join(work, p.String(), p.executable())
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -X main.version="+src.version, "-o", path, ".")
	cmd.Dir = src.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "CGO_ENABLED=0",
		"GOOS="+p.os, "GOARCH="+p.arch, "GOARM="+p.arm, "GOAMD64=v1", "GOARM64=v8.0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return binary{}, fmt.Errorf("go build: %w\n%s", err, text)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return binary{}, err
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && s.Value == src.revision {
			return binary{p, path, info}, nil
		}
	}
	return binary{}, fmt.Errorf("the binary does not record the commit %s", src.revision)
}

// output runs a command and returns its output without the final newline.
func output(dir, name string, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
