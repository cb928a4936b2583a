package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// sbom generates software bills of materials with cyclonedx-gomod, which reads them from the binaries.
type sbom struct{ tool, version string }

// newSBOM builds cyclonedx-gomod, without paths of the build machine, because SBOMs contain a hash of the tool.
func newSBOM(src source, work string) (sbom, error) {
	tool := filepath.Join(work, "cyclonedx-gomod")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-modfile=test/tools/sbom/go.mod", "-o", tool,
		"github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod")
	cmd.Dir = src.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return sbom{}, fmt.Errorf("build cyclonedx-gomod: %w\n%s", err, text)
	}
	return sbom{tool, src.version}, nil
}

// of returns a function that creates the SBOM of a binary: CycloneDX JSON, including the standard library, without serial
// number and time stamp.
func (s sbom) of(b binary) func() ([]byte, error) {
	return func() ([]byte, error) {
		text, err := output("", s.tool, "bin", "-json", "-std", "-noserial", "-notimestamp", "-version=v"+s.version, b.path)
		return []byte(text + "\n"), err
	}
}
