package config

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// load writes the files into a new working directory and loads config.yaml. Errors name a file as it is given.
func load(t *testing.T, files map[string]string) (*Config, Sources, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	t.Chdir(dir)
	return Load("config.yaml")
}

// errorCase is an invalid configuration and its errors as users see them.
type errorCase struct {
	main  string // config.yaml; "" if there is none
	files map[string]string
	want  string
}

func testErrors(t *testing.T, cases map[string]errorCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			maps.Copy(files, c.files)
			if c.main != "" {
				files["config.yaml"] = c.main
			}
			config, _, err := load(t, files)
			if err == nil {
				t.Fatal("no error")
			}
			if config != nil {
				t.Error("an invalid configuration is returned")
			}
			if d := cmp.Diff(c.want, err.Error()); d != "" {
				t.Error(d)
			}
			if strings.Contains(err.Error(), "s3cretTok3n") || strings.Contains(err.Error(), "app-") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestErrorsAreListed checks the fields of each error, for logs.
func TestErrorsAreListed(t *testing.T) {
	_, _, err := load(t, map[string]string{"config.yaml": "printers:\n  - name: mk4-01\n    url: app-1\n    intervall: 30s\n"})
	got, ok := errors.AsType[strictyaml.Errors](err)
	if !ok {
		t.Fatalf("got %T", err)
	}
	want := strictyaml.Errors{
		{File: "config.yaml", Line: 3, Column: 10, Path: "printers[0].url", Message: "must start with https://", Source: "    url: <secret>", Caret: 10},
		{
			File: "config.yaml", Line: 4, Column: 5, Path: "printers[0]", Message: `unknown key "intervall"; did you mean "interval"?`,
			Source: "    intervall: <secret>", Caret: 5,
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
