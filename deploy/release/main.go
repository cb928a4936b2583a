// Command release builds a release of the exporter from the commit that is checked out: an archive, an SBOM and packages per platform,
// a chart archive, provenance, checksums, and the build context of the container image. Builds are reproducible: the same commit,
// version and Go release produce the same bytes.
package main

import (
	"cmp"
	"crypto/ecdsa"
	"errors"
	"flag"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// options are the flags and the argument.
type options struct {
	out, ca, key        string
	builder, repository string // of the provenance
	maintainer          string // of packages and chart
	icon                string // of the chart
	version             string
}

func main() {
	var o options
	flag.StringVar(&o.out, "out", "dist", "output folder; an earlier release in it is removed")
	flag.StringVar(&o.ca, "ca", "/etc/ssl/certs/ca-certificates.crt", "CA certificates of the container image, PEM")
	flag.StringVar(&o.key, "sign-key", "", "file with the private key that signs the checksums, PEM; without it, nothing is signed")
	flag.StringVar(&o.builder, "builder", "urn:"+program+":builder:unnamed", "URI that names the builder in the provenance")
	flag.StringVar(&o.repository, "repository", "", "URI of the repository, in provenance and chart, as git+https://HOST/PATH")
	flag.StringVar(&o.maintainer, "maintainer", unnamed, "maintainer of packages and chart, as NAME <ADDRESS>")
	flag.StringVar(&o.icon, "icon", "", "URL of the chart's icon, where "+chartDir+"icon.svg is published")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: go run ./deploy/release [flags] VERSION\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	o.version = flag.Arg(0)
	if err := release(o); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// program is the name of the binary, and the prefix of the names of archives and SBOMs.
const program = "octoeverywhere_exporter"

// unnamed is the maintainer of packages, which need one, if none is given.
const unnamed = program + " <root@localhost>"

var semanticVersion = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z][0-9A-Za-z.-]*)?$`)

// release writes a release to a folder.
func release(o options) error {
	if !semanticVersion.MatchString(o.version) {
		return fmt.Errorf("version %q: must look like 1.2.3 or 1.2.3-rc.1", o.version)
	}
	caCertificates, err := os.ReadFile(o.ca)
	if err != nil {
		return fmt.Errorf("CA certificates of the container image: %w; set another file with -ca", err)
	}
	if _, err := mail.ParseAddress(o.maintainer); err != nil {
		return fmt.Errorf("-maintainer %q: must look like NAME <ADDRESS>", o.maintainer)
	}
	if u, err := url.Parse(o.icon); o.icon != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("-icon %q: must look like https://HOST/PATH", o.icon)
	}
	var key *ecdsa.PrivateKey
	if o.key != "" {
		if key, err = readKey(o.key); err != nil {
			return fmt.Errorf("-sign-key: %w", err)
		}
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
	src.version = o.version
	if err := makeEmpty(o.out); err != nil {
		return err
	}
	step := steps{start: time.Now()}
	built, tools, err := step.compile(src, work)
	if err != nil {
		return err
	}
	shared, err := sharedFiles(src)
	if err != nil {
		return err
	}
	out := &artifacts{dir: o.out, sha256: map[string]string{}}
	bom := sbom{tools[cyclonedx], o.version}
	packages := packager{tools[nfpm], src, o.maintainer}
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for _, b := range built {
		group.Go(func() error {
			return step.run("pack "+b.String(), func() error {
				return pack(out, src, b, shared, bom, packages, filepath.Join(work, "stage-"+b.String()))
			})
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	files, err := chart(shared, o)
	if err != nil {
		return err
	}
	sums := func() error {
		text := out.sums()
		if err := os.WriteFile(filepath.Join(o.out, sumsFile), text, 0o644); err != nil || key == nil {
			return err
		}
		signature, err := sign(key, text)
		return cmp.Or(err, os.WriteFile(filepath.Join(o.out, sumsFile+".sig"), signature, 0o644))
	}
	return step.run("chart, image context, provenance, checksums", func() error {
		if err := out.write(chartName+"-"+o.version+".tgz", func() ([]byte, error) { return tarred(chartName, files, src.committed) }); err != nil {
			return err
		}
		if err := imageContext(filepath.Join(o.out, "image"), src, caCertificates); err != nil {
			return err
		}
		if err := out.write(fmt.Sprintf("%s-%s.provenance.json", program, o.version), provenance(src, o, out)); err != nil {
			return err
		}
		return sums()
	})
}

// sumsFile has the checksums of all other files.
const sumsFile = "sha256sums.txt"

// compile builds the program for all platforms, and the tools, as many at once as there are CPUs.
func (s steps) compile(src source, work string) (built []binary, tools map[string]string, err error) {
	built = make([]binary, len(platforms))
	var bom, packages string
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	tool := func(to *string, module, pkg string) func() error {
		return func() error {
			return s.run("build "+module, func() (err error) { *to, err = buildTool(src, work, module, pkg); return err })
		}
	}
	group.Go(tool(&bom, "sbom", cyclonedx))
	group.Go(tool(&packages, "nfpm", nfpm))
	for i, p := range platforms {
		group.Go(func() error {
			return s.run("build "+p.String(), func() (err error) { built[i], err = p.build(src, work); return err })
		})
	}
	err = group.Wait()
	return built, map[string]string{cyclonedx: bom, nfpm: packages}, err
}

// pack writes the archive, the SBOM and the packages of a platform, and its part of the image's build context.
func pack(out *artifacts, src source, b binary, shared []entry, bom sbom, packages packager, stage string) error {
	files, err := contents(src, b, shared)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.%s", program, src.version, b.platform)
	if err := out.write(name+b.format(), b.pack(name, files, src.committed)); err != nil {
		return err
	}
	if err := out.write(name+".cdx.json", bom.of(b)); err != nil {
		return err
	}
	if b.os == "linux" {
		if err := packages.stage(stage, files); err != nil {
			return err
		}
		for _, format := range packageFormats {
			if err := out.write(name+"."+format, packages.build(b.platform, format, stage)); err != nil {
				return err
			}
		}
	}
	return b.toImage(filepath.Join(out.dir, "image"), files)
}

// steps reports what a release is doing.
type steps struct{ start time.Time }

// run runs a step and reports its duration, and its end since the start.
func (s steps) run(name string, f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%6.1fs  %s: %.1fs\n", time.Since(s.start).Seconds(), name, time.Since(start).Seconds())
	return nil
}

// makeEmpty creates or empties the folder. It refuses to delete files that are not part of a release.
func makeEmpty(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != "image" && !strings.HasPrefix(name, sumsFile) && !strings.HasPrefix(name, program+"-") && !strings.HasPrefix(name, chartName+"-") {
			return fmt.Errorf("%s contains %s, which is not part of a release; set another folder with -out", out, name)
		}
	}
	return cmp.Or(os.RemoveAll(out), os.MkdirAll(out, 0o755))
}
