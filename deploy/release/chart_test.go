package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChart: the archive has the version of the release, and says where it comes from if that is known.
func TestChart(t *testing.T) {
	files := []entry{
		{chartDir + "Chart.yaml", 0o644, []byte("name: x\nversion: 0.1.0\nappVersion: 0.1.0\n")},
		{chartDir + "ci/default-values.yaml", 0o644, []byte("{}")},
		{"README.md", 0o644, []byte("text")},
	}
	for name, c := range map[string]struct {
		options options
		want    string
	}{
		"nobody": {options{version: "1.2.3", maintainer: unnamed}, "name: x\nversion: 1.2.3\nappVersion: 1.2.3\n"},
		"known": {
			options{version: "1.2.3-rc.1", maintainer: "A B <a@example.com>", repository: "git+https://git.example/a/b", icon: "https://git.example/a.svg"},
			"name: x\nversion: 1.2.3-rc.1\nappVersion: 1.2.3-rc.1\nhome: \"https://git.example/a/b\"\nsources: [\"https://git.example/a/b\"]\n" +
				"icon: \"https://git.example/a.svg\"\nmaintainers: [{name: \"A B\", email: \"a@example.com\"}]\n",
		},
	} {
		chosen, err := chart(files, c.options)
		if err != nil || len(chosen) != 1 || chosen[0].path != "Chart.yaml" {
			t.Fatalf("%s: %v, %v", name, chosen, err)
		}
		if d := cmp.Diff(c.want, string(chosen[0].data)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if _, err := chart([]entry{{chartDir + "Chart.yaml", 0o644, []byte("version: 1\n")}}, options{}); err == nil {
		t.Error("a chart without appVersion is packed")
	}
}
