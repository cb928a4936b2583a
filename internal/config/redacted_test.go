package config

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

// TestRedacted: the files in their own order, with names, labels and times in full, and without comments and secrets.
func TestRedacted(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.yaml"), `# c4nary
service:
  url: https://c4nary.octoeverywhere.com   # c4nary
printer_files: [printers.d/*.yaml]
defaults: {interval: 1m30s, insecure: false, labels: {site: "Büro \"2\"",
    note: a long text about the place where printers stand}, tls_config: &tls
      {server_name: c4nary.example, min_version: TLS12}}
printers:
- name: the one with a name of more than a few words
  authorization:
    credentials: >-
      c4naryT0ken
    type: c4naryType
  id: c4naryId
  url: https://app-c4nary.octoeverywhere.com/c4nary
  tls_config: *tls
  labels:
    empty: ''
    "model": mk4
-
  name: &c4nary below its dash
  url:
    https://c4nary.octoeverywhere.com
  ? basic_auth
  : {username: &c4naryUser c4naryUser, password: *c4naryUser}
- &c4naryPrinter
  name: below its anchor
  url: https://app-c4nary3.octoeverywhere.com
  labels: &c4naryLabels
    &c4naryLabel site: |
      two
      lines
    note: *c4naryLabel
  tls_config:
`)
	testkit.WriteFile(t, dir, "printers.d/a.yaml", "%s", "- {url_file: ../secrets/a.url, name: a, basic_auth: {username: c4nary, password: 'c4nary: x'}}\n- name: b\n  url: https://c4nary.example\n  timeout:    5s\n")
	testkit.WriteFile(t, dir, "secrets/a.url", "%s", "https://app-c4nary2.octoeverywhere.com")
	c, _, err := Load(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := `# "config.yaml"
service:
  url: <secret>
printer_files: [printers.d/*.yaml]
defaults: {interval: 1m30s, insecure: false, labels: {site: "Büro \"2\"", note: a long text about the place where printers stand}, tls_config: &anchor1 {server_name: <secret>, min_version: TLS12}}
printers:
- name: the one with a name of more than a few words
  authorization:
    credentials: <secret>
    type: <secret>
  id: <secret>
  url: <secret>
  tls_config: *anchor1
  labels:
    empty: ""
    "model": mk4
- name: &anchor2 below its dash
  url: <secret>
  basic_auth: {username: &anchor3 <secret>, password: *anchor3}
- &anchor4
  name: below its anchor
  url: <secret>
  labels: &anchor5
    &anchor6 site: "two\nlines\n"
    note: *anchor6
  tls_config:
---
# "printers.d/a.yaml"
- {url_file: ../secrets/a.url, name: a, basic_auth: {username: <secret>, password: <secret>}}
- name: b
  url: <secret>
  timeout: 5s
`
	got := strings.ReplaceAll(c.Redacted(), dir+"/", "")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	loader, err := yaml.NewLoader(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		var document any
		switch err := loader.Load(&document); {
		case errors.Is(err, io.EOF) && n == 2:
			return
		case err != nil:
			t.Fatalf("document %d is no YAML: %v", n+1, err)
		}
	}
}
