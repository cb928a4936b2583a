package main

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
)

// Tools of a release, each a package of a module in test/tools.
const (
	cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod"
	nfpm      = "github.com/goreleaser/nfpm/v2/cmd/nfpm"
)

// buildTool builds a tool and returns its path. The tool contains no paths of the build machine, because SBOMs contain its hash.
func buildTool(src source, work, module, pkg string) (string, error) {
	tool := filepath.Join(work, path.Base(pkg))
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-modfile=test/tools/"+module+"/go.mod", "-o", tool, pkg)
	cmd.Dir = src.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", path.Base(pkg), err, text)
	}
	return tool, nil
}
