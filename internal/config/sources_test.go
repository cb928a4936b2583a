package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDigestChangesWithTheFiles checks that it changes with the files that were read, and with no other.
func TestDigestChangesWithTheFiles(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T)
		want   bool
	}{
		"nothing":                    {func(*testing.T) {}, false},
		"the same content rewritten": {put("config.yaml", watched), false},
		"an unrelated file":          {put("other.yaml", "x"), false},
		"the configuration":          {put("config.yaml", watched+"#"), true},
		"a credential file":          {put("secrets/token", "def"), true},
		"an authority":               {put("secrets/ca.pem", "x"), true},
		"a printer file":             {put("printers.d/a.yaml", "[]"), true},
		"a new printer file":         {put("printers.d/b.yaml", "[]"), true},
		"a hidden file":              {put("printers.d/.b.yaml.swp", "x"), false},
		"a file that was missing":    {put("more.yaml", "[]"), true},
		"a file removed":             {remove("printers.d/a.yaml"), true},
		"a credential file removed":  {remove("secrets/token"), true},
		"the configuration removed":  {remove("config.yaml"), true},
		"a file emptied":             {put("secrets/token", ""), true},
		"a file that became a directory": {func(t *testing.T) {
			remove("secrets/token")(t)
			put("secrets/token/x", "x")(t)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, sources, err := load(t, map[string]string{
				"config.yaml":       watched,
				"secrets/token":     "abc",
				"secrets/ca.pem":    newAuthority(t).cert,
				"printers.d/a.yaml": "- {name: a, url: https://a.example, app_token_file: ../secrets/token}\n",
			})
			if err != nil {
				t.Fatal(err)
			}
			if sources.Digest() != sources.LoadedDigest() {
				t.Error("the digest differs although nothing has changed")
			}
			c.change(t)
			if got := sources.Digest() != sources.LoadedDigest(); got != c.want {
				t.Errorf("the digest changes: %v, want %v", got, c.want)
			}
		})
	}
}

const watched = "defaults: {tls_config: {ca_file: secrets/ca.pem}}\nprinter_files: [printers.d/*.yaml, more.yaml]\n"

func put(path, text string) func(*testing.T) {
	return func(t *testing.T) { write(t, path, text) }
}

func remove(path string) func(*testing.T) {
	return func(t *testing.T) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDigestFollowsSymlinks replaces a directory's symlink, as Kubernetes does to update a mount: the link of the file itself
// never changes.
func TestDigestFollowsSymlinks(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "..1/config.yaml", printer("mk4"))
	write(t, "..2/config.yaml", printer("mk5"))
	link(t, "..1", "..data")
	link(t, "..data/config.yaml", "config.yaml")
	c, sources, err := Load("config.yaml")
	if err != nil || c.Targets[0].Name != "mk4" {
		t.Fatal(err)
	}
	link(t, "..2", "..data_tmp")
	if err := os.Rename("..data_tmp", "..data"); err != nil {
		t.Fatal(err)
	}
	if sources.Digest() == sources.LoadedDigest() {
		t.Error("the new target is not detected")
	}
	if c, _, err := Load("config.yaml"); err != nil || c.Targets[0].Name != "mk5" {
		t.Errorf("got %v, %v", c, err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// TestSourcesOfAnInvalidConfiguration checks that the change that fixes a configuration is detected.
func TestSourcesOfAnInvalidConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		fix   func(*testing.T)
	}{
		"no configuration":       {nil, put("config.yaml", printer("mk4"))},
		"a broken configuration": {map[string]string{"config.yaml": "{"}, put("config.yaml", printer("mk4"))},
		"a missing credential":   {map[string]string{"config.yaml": printer("mk4", "app_token_file: secrets/a")}, put("secrets/a", "abc")},
		"a broken printer file":  {map[string]string{"config.yaml": "printer_files: ['*.yml']", "a.yml": "{"}, put("a.yml", "[]")},
	} {
		t.Run(name, func(t *testing.T) {
			_, sources, err := load(t, c.files)
			if err == nil {
				t.Fatal("no error")
			}
			before := sources.Digest()
			c.fix(t)
			if sources.Digest() == before {
				t.Error("the change is not detected")
			}
			if _, _, err := Load("config.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPublicSecretsAreReported checks that one warning covers all secrets that every user can read.
func TestPublicSecretsAreReported(t *testing.T) {
	files := map[string]string{
		"config.yaml": "printer_files: ['*.yml']\nprinters:\n" + entry("  ", "a", "app_token_file: secrets/a") +
			entry("  ", "b", "authorization: {credentials_file: secrets/b}") + entry("  ", "c", "app_token_file: secrets/a"),
		"secrets/a": "abc", "secrets/b": "def", "d.yml": "[]\n",
	}
	if c := mustLoad(t, files); len(c.Warnings) > 0 {
		t.Errorf("no file is public, got %q", c.Warnings)
	}
	for _, path := range []string{"secrets/a", "secrets/b", "d.yml", "config.yaml"} {
		if err := os.Chmod(filepath.FromSlash(path), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, _, err := Load("config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := "the file secrets/a: contains a secret and is readable by every user; run chmod 640 on it (and 2 more)"
	if len(c.Warnings) != 1 || c.Warnings[0] != want {
		t.Errorf("got %q, want %q", c.Warnings, want)
	}
}
