// Command release builds a release of the exporter from the commit that is checked out: an archive and an SBOM per platform,
// checksums, and the build context of the container image. Builds are reproducible: the same commit, version and Go release
// produce the same bytes.
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
	out := flag.String("out", "dist", "output folder; an earlier release in it is removed")
	ca := flag.String("ca", "/etc/ssl/certs/ca-certificates.crt", "CA certificates of the container image, PEM")
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

// program is the name of the binary, and the prefix of the names of archives and SBOMs.
const program = "octoeverywhere_exporter"

var semanticVersion = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z][0-9A-Za-z.-]*)?$`)

// release writes a release to the folder out.
func release(out, ca, version string) error {
	if !semanticVersion.MatchString(version) {
		return fmt.Errorf("version %q: must look like 1.2.3 or 1.2.3-rc.1", version)
	}
	caCertificates, err := os.ReadFile(ca)
	if err != nil {
		return fmt.Errorf("CA certificates of the container image: %w; set another file with -ca", err)
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
		imageContext(filepath.Join(out, "image"), src, caCertificates),
		os.WriteFile(filepath.Join(out, "sha256sums.txt"), sums.text(), 0o644),
	)
}

// makeEmpty creates or empties the folder. It refuses to delete files that are not part of a release.
func makeEmpty(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != "image" && name != "sha256sums.txt" && !strings.HasPrefix(name, program+"-") {
			return fmt.Errorf("%s contains %s, which is not part of a release; set another folder with -out", out, name)
		}
	}
	return cmp.Or(os.RemoveAll(out), os.MkdirAll(out, 0o755))
}
