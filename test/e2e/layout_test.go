package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "octoeverywhere_exporter"

// imports are which packages of the product a package may import. Packages below test/ may import anything.
var imports = map[string]string{
	"":                               "internal/cli",
	"fault":                          "",
	"probe":                          "fault probe/jsonscan",
	"probe/jsonscan":                 "",
	"probe/transport":                "probe",
	"probe/fleet":                    "probe probe/transport",
	"collector":                      "probe fault",
	"internal/api":                   "probe fault internal/view",
	"internal/cli":                   "internal/api internal/config/strictyaml probe/fleet internal/config internal/console fault internal/exporter internal/onboard probe internal/shard internal/simulator internal/store internal/view internal/web",
	"internal/config":                "internal/config/strictyaml probe",
	"internal/config/strictyaml":     "",
	"internal/console":               "probe fault internal/view",
	"internal/exporter":              "fault internal/config/strictyaml probe/fleet collector internal/config internal/schedule internal/shard internal/store internal/view internal/web probe",
	"internal/onboard":               "internal/config probe",
	"internal/schedule":              "",
	"internal/shard":                 "",
	"internal/simulator":             "fault internal/simulator/certificate",
	"internal/simulator/certificate": "",
	"internal/store":                 "probe",
	"internal/view":                  "probe fault",
	"internal/web":                   "probe fault internal/api internal/view",
	"deploy/release":                 "",
}

// standardOnly are packages that import nothing but the standard library, besides what imports allows.
var standardOnly = map[string]bool{"fault": true, "probe/jsonscan": true, "internal/schedule": true, "internal/shard": true, "internal/simulator": true, "internal/simulator/certificate": true}

// TestArrows keeps which package of the product may import which.
func TestArrows(t *testing.T) {
	for line := range strings.Lines(goList(t, "-f", `{{.ImportPath}}:{{range .Imports}} {{.}}{{end}}`, "./...")) {
		path, imported, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if strings.HasPrefix(name, "test/") {
			continue
		}
		allowed, known := imports[name]
		if !known {
			t.Errorf("package %s is not in the layout", path)
		}
		for i := range strings.FieldsSeq(imported) {
			if ours, ok := strings.CutPrefix(i, module+"/"); ok {
				if !strings.Contains(" "+allowed+" ", " "+ours+" ") {
					t.Errorf("%s imports %s", path, i)
				}
			} else if standardOnly[name] && strings.Contains(i, ".") && !strings.HasPrefix(i, "vendor/") {
				t.Errorf("%s imports %s", path, i)
			}
			if i == "unsafe" {
				t.Errorf("%s imports unsafe", path)
			}
		}
	}
}

// TestProgramContainsNoTests: nothing below test/ is linked into it.
func TestProgramContainsNoTests(t *testing.T) {
	for path := range strings.FieldsSeq(goList(t, "-deps", ".")) {
		if strings.HasPrefix(path, module+"/test/") {
			t.Errorf("the program contains %s", path)
		}
	}
}

// TestMainIsSmall: package main is main.go and nothing else.
func TestMainIsSmall(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) != 1 || files[0] != "main.go" {
		t.Errorf("package main is %v %v", files, err)
	}
}

// TestFilesAreShort: no Go file is longer than 350 lines.
func TestFilesAreShort(t *testing.T) {
	const maxLines = 350
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == "out" || e.Name() == "dist" || path != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case filepath.Ext(path) == ".go":
			text, err := os.ReadFile(path)
			if n := bytes.Count(text, []byte("\n")); n > maxLines {
				t.Errorf("%s has %d lines", path, n)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
