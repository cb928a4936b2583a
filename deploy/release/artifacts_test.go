package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// releaseDir returns the folder of a release, from the environment variable RELEASE.
func releaseDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("RELEASE")
	if dir == "" {
		t.Skip("RELEASE is not set to the folder of a release: run go run ./deploy/release VERSION")
	}
	return dir
}

// packed is a file in an archive.
type packed struct {
	name  string
	mode  fs.FileMode
	owner int
	at    time.Time
	data  []byte
}

// unpack returns the files of a platform's archive.
func unpack(t *testing.T, dir string, p platform) (files []packed) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, program+"-*."+p.String()+p.format()))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %v %v", p, names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if p.format() == ".zip" {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			files = append(files, packed{f.Name, f.Mode(), 0, f.Modified.UTC(), content(t, f)})
		}
		return files
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, packed{h.Name, fs.FileMode(h.Mode), h.Uid + h.Gid, h.ModTime.UTC(), b})
	}
}

// content returns the uncompressed content of a file in a zip archive.
func content(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// binaryOf returns the program in an archive, and its build information.
func binaryOf(t *testing.T, dir string, p platform) ([]byte, *buildinfo.BuildInfo) {
	t.Helper()
	for _, f := range unpack(t, dir, p) {
		if filepath.Base(f.name) == p.executable() {
			info, err := buildinfo.Read(bytes.NewReader(f.data))
			if err != nil {
				t.Fatal(err)
			}
			return f.data, info
		}
	}
	t.Fatalf("%s: no program", p)
	return nil, nil
}

// TestArchives: each contains the program and its files in one folder, owned by root, with the time of the commit.
func TestArchives(t *testing.T) {
	dir := releaseDir(t)
	for _, p := range platforms {
		_, info := binaryOf(t, dir, p)
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		committed, err := time.Parse(time.RFC3339, settings["vcs.time"])
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range unpack(t, dir, p) {
			folder, name, _ := strings.Cut(f.name, "/")
			names = append(names, name)
			want := fs.FileMode(0o644)
			if name == p.executable() {
				want = 0o755
			}
			if !strings.HasSuffix(folder, p.String()) || f.mode != want || f.owner != 0 || !f.at.Equal(committed) || len(f.data) == 0 {
				t.Errorf("%s: mode %v, owner %d, %v, %d bytes", f.name, f.mode, f.owner, f.at, len(f.data))
			}
		}
		for _, want := range []string{
			"LICENSE", "THIRD_PARTY_LICENSES", "config.example.yaml", p.executable(), "docs/octoeverywhere_exporter.1",
			"docs/schema/config.schema.json", "deploy/systemd/octoeverywhere_exporter.service", "deploy/compose/compose.yaml",
			"deploy/prometheus/alerts.rules.yml", "deploy/alertmanager/alertmanager.yml", "deploy/grafana/octoeverywhere.json",
			"deploy/helm/octoeverywhere-exporter/Chart.yaml", "deploy/kubernetes/kustomization.yaml", "completions/_octoeverywhere_exporter",
		} {
			if !slices.Contains(names, want) {
				t.Errorf("%s: no %s", p, want)
			}
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".") {
				t.Errorf("%s: %s is not for users", p, name)
			}
		}
		checkLinks(t, unpack(t, dir, p))
	}
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)`)

// checkLinks: each relative link of a document leads to a file or a folder of the archive.
func checkLinks(t *testing.T, files []packed) {
	t.Helper()
	exists := map[string]bool{}
	for _, f := range files {
		for name := f.name; name != "."; name = path.Dir(name) {
			exists[name] = true
		}
	}
	checked := 0
	for _, f := range files {
		if path.Ext(f.name) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(f.data), -1) {
			if strings.Contains(m[1], ":") || strings.HasPrefix(m[1], "/") {
				continue
			}
			checked++
			if !exists[path.Join(path.Dir(f.name), m[1])] {
				t.Errorf("%s links %s, which the archive does not contain", f.name, m[1])
			}
		}
	}
	if checked < 50 {
		t.Errorf("found only %d links: does this test still match them?", checked)
	}
}

// TestBinaries: each is built for its platform from a clean commit, without cgo and without paths of the build machine. Those
// for Linux are static.
func TestBinaries(t *testing.T) {
	dir := releaseDir(t)
	packageDir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range platforms {
		data, info := binaryOf(t, dir, p)
		got := map[string]string{}
		for _, s := range info.Settings {
			got[s.Key] = s.Value
		}
		for key, want := range map[string]string{"GOOS": p.os, "GOARCH": p.arch, "GOARM": p.arm, "CGO_ENABLED": "0", "-trimpath": "true", "vcs.modified": "false"} {
			if got[key] != want {
				t.Errorf("%s: %s is %q, want %q", p, key, got[key], want)
			}
		}
		if bytes.Contains(data, []byte(filepath.Dir(filepath.Dir(packageDir)))) {
			t.Errorf("%s: contains a path of the build machine", p)
		}
		if p.os != "linux" {
			continue
		}
		f, err := elf.NewFile(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		machine := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "arm": elf.EM_ARM}[p.arch]
		if libraries, _ := f.ImportedLibraries(); f.Machine != machine || len(libraries) > 0 {
			t.Errorf("%s: machine %v, libraries %v", p, f.Machine, libraries)
		}
		for _, s := range f.Progs {
			if s.Type == elf.PT_INTERP || s.Type == elf.PT_DYNAMIC || s.Type == elf.PT_GNU_STACK && s.Flags&elf.PF_X != 0 || s.Type == elf.PT_LOAD && s.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X {
				t.Errorf("%s: segment %v %v", p, s.Type, s.Flags)
			}
		}
	}
}

// TestImageContext: the build context contains the program of the archive, executable for everybody, and the commit.
func TestImageContext(t *testing.T) {
	dir := filepath.Join(releaseDir(t), "image")
	for _, p := range platforms {
		if !p.inImage() {
			continue
		}
		file := filepath.Join(dir, p.os, p.arch, program)
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := binaryOf(t, releaseDir(t), p); !bytes.Equal(got, want) || info.Mode() != 0o755 {
			t.Errorf("%s: differs from the program in the archive, or has mode %v", file, info.Mode())
		}
	}
	_, info := binaryOf(t, releaseDir(t), platforms[0])
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		for arg, key := range map[string]string{"REVISION": "vcs.revision", "CREATED": "vcs.time"} {
			if s.Key == key && !strings.Contains(string(text), "\nARG "+arg+"="+s.Value+"\n") {
				t.Errorf("the Dockerfile does not contain %s=%s", arg, s.Value)
			}
		}
	}
}

// TestSBOMs: each lists exactly the modules of its binary.
func TestSBOMs(t *testing.T) {
	dir := releaseDir(t)
	for _, p := range platforms {
		data, info := binaryOf(t, dir, p)
		want := []string{"std " + info.GoVersion}
		for _, d := range info.Deps {
			want = append(want, d.Path+" "+d.Version)
		}
		names, err := filepath.Glob(filepath.Join(dir, program+"-*."+p.String()+".cdx.json"))
		if err != nil || len(names) != 1 {
			t.Fatalf("%s: %v %v", p, names, err)
		}
		text, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		var bill struct {
			BOMFormat string
			Metadata  struct {
				Properties []struct{ Name, Value string }
			}
			Components []struct{ Name, Version string }
		}
		if err := json.Unmarshal(text, &bill); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range bill.Components {
			got = append(got, c.Name+" "+c.Version)
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" || bill.BOMFormat != "CycloneDX" {
			t.Errorf("%s: %s%s", p, bill.BOMFormat, d)
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		if !slices.Contains(bill.Metadata.Properties, struct{ Name, Value string }{"cdx:gomod:binary:hash:SHA-256", sum}) {
			t.Errorf("%s: the SBOM is not of the binary %s", p, sum)
		}
	}
}

// TestThirdPartyLicenses: archives contain the licenses of all linked modules and of Go.
func TestThirdPartyLicenses(t *testing.T) {
	dir := releaseDir(t)
	for _, p := range platforms {
		_, info := binaryOf(t, dir, p)
		for _, f := range unpack(t, dir, p) {
			if filepath.Base(f.name) != "THIRD_PARTY_LICENSES" {
				continue
			}
			for _, d := range info.Deps {
				if !bytes.Contains(f.data, []byte("\n"+d.Path+" "+d.Version+": ")) {
					t.Errorf("%s: no license of %s %s", p, d.Path, d.Version)
				}
			}
			if !bytes.Contains(f.data, []byte("\nthe Go standard library "+strings.TrimPrefix(info.GoVersion, "go")+": BSD-3-Clause\n")) {
				t.Errorf("%s: no license of Go", p)
			}
		}
	}
}
