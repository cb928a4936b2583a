package cli

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// TestDeployedFlagsExist: serve has each flag and each variable that a manifest, a chart or a unit uses.
func TestDeployedFlagsExist(t *testing.T) {
	var c commands
	parser, err := newParser(&c, build{}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "serve" })
	var known []string
	for _, flags := range parser.Model.Children[i].AllFlags(false) {
		for _, f := range flags {
			known = append(append(known, "--"+f.Name), f.Envs...)
		}
	}
	used := regexp.MustCompile(`OE_EXPORTER_[A-Z_]*[A-Z]\b|--(?:config|log|probe|runtime|shard|storage|web|collector)\.[a-z.-]+`)
	for pattern, least := range map[string]int{
		"deploy/helm/octoeverywhere-exporter/templates/*.*": 6,
		"deploy/kubernetes/*.yaml":                          5,
		"deploy/kubernetes/components/*/*.yaml":             7,
		"deploy/systemd/*.service":                          3,
		"deploy/Dockerfile":                                 1,
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range used.FindAllString(string(text), -1) {
				found++
				if !slices.Contains(known, name) {
					t.Errorf("%s: serve knows no %s", file, name)
				}
			}
		}
		if found < least {
			t.Errorf("%s: only %d flags and variables were found: does this test still find them?", pattern, found)
		}
	}
}
