package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDigestSeesEveryChange of the files that were read, and no other.
func TestDigestSeesEveryChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T)
		seen   bool
	}{
		"nothing":                        {func(*testing.T) {}, false},
		"the same content written again": {put("config.yaml", watched), false},
		"a file that nobody named":       {put("other.yaml", "x"), false},
		"the configuration":              {put("config.yaml", watched+"#"), true},
		"a credential file":              {put("secrets/token", "def"), true},
		"an authority":                   {put("secrets/ca.pem", "x"), true},
		"a printer file":                 {put("printers.d/a.yaml", "[]"), true},
		"a new printer file":             {put("printers.d/b.yaml", "[]"), true},
		"a hidden file":                  {put("printers.d/.b.yaml.swp", "x"), false},
		"a file that could not be found": {put("more.yaml", "[]"), true},
		"a file removed":                 {remove("printers.d/a.yaml"), true},
		"a credential file removed":      {remove("secrets/token"), true},
		"the configuration removed":      {remove("config.yaml"), true},
		"a file emptied":                 {put("secrets/token", ""), true},
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
			if sources.Digest() != sources.AsRead() {
				t.Error("the digest is another one though nothing has changed")
			}
			c.change(t)
			if got := sources.Digest() != sources.AsRead(); got != c.seen {
				t.Errorf("a change is seen: %v, want %v", got, c.seen)
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

// TestDigestSeesASwapOfSymlinks, which is how Kubernetes updates what is mounted: the file's own link never changes.
func TestDigestSeesASwapOfSymlinks(t *testing.T) {
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
	if sources.Digest() == sources.AsRead() {
		t.Error("the swap is not seen")
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

// TestSourcesAreKnownInSpiteOfMistakes: the change that mends a mistake has to be seen.
func TestSourcesAreKnownInSpiteOfMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		mend  func(*testing.T)
	}{
		"no configuration":       {nil, put("config.yaml", printer("mk4"))},
		"a broken configuration": {map[string]string{"config.yaml": "{"}, put("config.yaml", printer("mk4"))},
		"a missing credential":   {map[string]string{"config.yaml": printer("mk4", "app_token_file: secrets/a")}, put("secrets/a", "abc")},
		"a broken printer file":  {map[string]string{"config.yaml": "printer_files: ['*.yml']", "a.yml": "{"}, put("a.yml", "[]")},
	} {
		t.Run(name, func(t *testing.T) {
			_, sources, err := load(t, c.files)
			if err == nil {
				t.Fatal("no mistake")
			}
			before := sources.Digest()
			c.mend(t)
			if sources.Digest() == before {
				t.Error("the change is not seen")
			}
			if _, _, err := Load("config.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWorldReadableSecretsAreWarnedOf, once for all of them.
func TestWorldReadableSecretsAreWarnedOf(t *testing.T) {
	files := map[string]string{
		"config.yaml": "printer_files: ['*.yml']\nprinters:\n" + entry("  ", "a", "app_token_file: secrets/a") +
			entry("  ", "b", "authorization: {credentials_file: secrets/b}") + entry("  ", "c", "app_token_file: secrets/a"),
		"secrets/a": "abc", "secrets/b": "def", "d.yml": "[]\n",
	}
	if c := good(t, files); len(c.Warnings) > 0 {
		t.Errorf("all is private, and yet %q", c.Warnings)
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
	want := "the file secrets/a: holds a secret and may be read by every user of this machine; chmod 640 it (and 2 more)"
	if len(c.Warnings) != 1 || c.Warnings[0] != want {
		t.Errorf("got %q, want %q", c.Warnings, want)
	}
}
