package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// packager builds the deb and the rpm of a platform with nfpm, see deploy/package/nfpm.yaml.
type packager struct {
	tool       string
	src        source
	maintainer string
}

// packageFormats are those of nfpm, and the extensions of packages.
var packageFormats = []string{"deb", "rpm"}

// installedAt is where the unit in the archives expects the program, and where packages have it instead.
const installedAt, packagedAt = "/usr/local/bin/" + program, "/usr/bin/" + program

// stage writes the files that deploy/package/nfpm.yaml names to a folder, all with the time of the commit.
func (p packager) stage(dir string, files []entry) error {
	byPath := map[string][]byte{}
	staged := []entry{}
	for _, f := range files {
		byPath[f.path] = f.data
		staged = append(staged, entry{"files/" + f.path, f.mode, f.data})
		if f.path != program && !strings.HasPrefix(f.path, "completions/") && f.path != "docs/"+program+".1" {
			staged = append(staged, entry{"doc/" + f.path, f.mode, f.data})
		}
	}
	unit := bytes.ReplaceAll(byPath["deploy/systemd/"+program+".service"], []byte(installedAt), []byte(packagedAt))
	if !bytes.Contains(unit, []byte("\nExecStart="+packagedAt+" ")) {
		return fmt.Errorf("the unit does not start %s", installedAt)
	}
	manual, err := compressed(byPath["docs/"+program+".1"])
	if err != nil {
		return err
	}
	staged = append(staged, entry{program + ".service", 0o644, unit}, entry{program + ".1.gz", 0o644, manual})
	own := os.DirFS(filepath.Join(p.src.dir, "deploy", "package"))
	if err := os.CopyFS(dir, own); err != nil {
		return err
	}
	for _, f := range staged {
		path := filepath.Join(dir, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeFile(path, f.data, f.mode); err != nil {
			return err
		}
	}
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o755)
		}
		if err != nil {
			return err
		}
		return os.Chtimes(path, p.src.committed, p.src.committed)
	})
}

// build returns a function that creates the package of a platform in a format, from a folder that stage has filled.
func (p packager) build(on platform, format, dir string) func() ([]byte, error) {
	return func() ([]byte, error) {
		target := filepath.Join(dir, "package."+format)
		cmd := exec.Command(p.tool, "package", "--packager", format, "--target", target)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "VERSION="+p.src.version, "ARCH="+on.arch+on.arm, "MAINTAINER="+p.maintainer,
			fmt.Sprintf("SOURCE_DATE_EPOCH=%d", p.src.committed.Unix()))
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("nfpm: %w\n%s", err, text)
		}
		return os.ReadFile(target)
	}
}

// compressed compresses with gzip, without a name and a time.
func compressed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close() // Close writes the trailer
	return b.Bytes(), err
}
