// Command release builds what is released of the exporter, from the commit that is checked out and from nothing else: an
// archive for each platform, each with its SBOM, their checksums, and the folder that the container image is built from.
// The same commit, version and Go make the same bytes.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	out := flag.String("out", "dist", "folder to write to; what an earlier release left there is removed")
	ca := flag.String("ca", "/etc/ssl/certs/ca-certificates.crt", "certificates of the authorities that the container image believes, PEM")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: go run ./deploy/release [flags] VERSION\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := release(*out, *ca, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// program is the name of the binary, and the beginning of the name of all that is released.
const program = "octoeverywhere_exporter"

var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z][0-9A-Za-z.-]*)?$`)

// release writes a release into a folder.
func release(out, ca, version string) error {
	if !semantic.MatchString(version) {
		return fmt.Errorf("version %q: must be like 1.2.3 or 1.2.3-rc.1", version)
	}
	authorities, err := os.ReadFile(ca)
	if err != nil {
		return fmt.Errorf("certificates for the container image: %w; name them with -ca", err)
	}
	work, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	src, err := checkOut(filepath.Join(work, "source"))
	if err != nil {
		return err
	}
	src.version = version
	bom, err := newSBOM(src, work)
	if err != nil {
		return err
	}
	if err := makeEmpty(out); err != nil {
		return err
	}
	var sums checksums
	for _, p := range platforms {
		b, err := p.build(src, work)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		files, err := contents(src, b)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		name := fmt.Sprintf("%s-%s.%s", program, version, p)
		if err := sums.write(out, name+p.format(), p.pack(name, files, src.committed)); err != nil {
			return err
		}
		if err := sums.write(out, name+".cdx.json", bom.of(b)); err != nil {
			return err
		}
		if err := p.toImage(filepath.Join(out, "image"), files); err != nil {
			return err
		}
		fmt.Println(filepath.Join(out, name+p.format()))
	}
	return cmp.Or(
		imageContext(filepath.Join(out, "image"), src, authorities),
		os.WriteFile(filepath.Join(out, "sha256sums.txt"), sums.text(), 0o644),
	)
}

// makeEmpty makes the folder empty, if it looks like one of ours.
func makeEmpty(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != "image" && name != "sha256sums.txt" && !strings.HasPrefix(name, program+"-") {
			return fmt.Errorf("%s holds %s, which is not of a release; name another folder with -out", out, name)
		}
	}
	return cmp.Or(os.RemoveAll(out), os.MkdirAll(out, 0o755))
}
