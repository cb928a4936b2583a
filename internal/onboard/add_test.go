package onboard

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/probe"
)

// tree is all that lies in a folder: each file with its mode and content.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		b.WriteString(info.Mode().String() + " " + strings.TrimPrefix(path, dir))
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.Write(text)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

var connection = Connection{
	Address: probe.NewSecret("https://app-" + canary + ".octoeverywhere.com/"), Token: probe.NewSecret(canary), AppToken: probe.NewSecret(canary),
}

// TestFailedAddLeavesEverythingAsItWas, wherever it fails.
func TestFailedAddLeavesEverythingAsItWas(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, p Place){
		"the list cannot be appended to": func(t *testing.T, p Place) { write(t, p.List, "[]\n") },
		"the list is a folder":           func(t *testing.T, p Place) { write(t, filepath.Join(p.List, "x"), "") },
		"the list is write-protected": func(t *testing.T, p Place) {
			write(t, p.List, "- {name: old, url: 'https://old.example'}\n")
			if err := os.Chmod(p.List, 0o444); err != nil {
				t.Fatal(err)
			}
		},
		"its folder is a file":          func(t *testing.T, p Place) { write(t, filepath.Dir(p.List), "") },
		"the secrets' folder is a file": func(t *testing.T, p Place) { write(t, p.Secrets, "") },
		"the configuration is bad":      func(t *testing.T, p Place) { write(t, p.Config, "printer_files: [printers.d/*.yaml]\nprinterz: []\n") },
		"another file has the name": func(t *testing.T, p Place) {
			write(t, filepath.Join(filepath.Dir(p.List), "b.yaml"), "- {name: new, url: 'https://a.example'}\n")
		},
		"the configuration reads others": func(t *testing.T, p Place) { write(t, p.Config, "printer_files: [others/*.yaml]\n") },
	} {
		dir := t.TempDir()
		p := NewPlace(filepath.Join(dir, "config.yaml"), "", "")
		prepare(t, p)
		before := tree(t, dir)
		if _, err := p.Add(connection, "new", nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
		if after := tree(t, dir); after != before {
			t.Errorf("%s: it was\n%sand is\n%s", name, before, after)
		}
	}
}

// TestAddKeepsTheList: a link stays a link, and the file its mode.
func TestAddKeepsTheList(t *testing.T) {
	dir := t.TempDir()
	p := NewPlace(filepath.Join(dir, "config.yaml"), "", "")
	linked := filepath.Join(dir, "real.yaml")
	write(t, linked, "# ours\n")
	if err := errors.Join(os.Chmod(linked, 0o604), os.Mkdir(filepath.Dir(p.List), 0o700), os.Symlink(linked, p.List)); err != nil {
		t.Fatal(err)
	}
	added, err := p.Add(connection, "new", map[string]string{"site": "lab"})
	if err != nil {
		t.Fatal(err)
	}
	if added.Target.Name != "new" || added.Target.Labels["site"] != "lab" || added.Target.Authorization != probe.NewSecret("Bearer "+canary) ||
		added.Target.Address.Secret != connection.Address || added.Target.AppToken != connection.AppToken {
		t.Errorf("it is configured otherwise: %+v", added.Target)
	}
	link, err := os.Lstat(p.List)
	if err != nil || link.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v %v", link.Mode(), err)
	}
	info, err := os.Stat(linked)
	if err != nil || info.Mode().Perm() != 0o604 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := added.Undo(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(linked); err != nil || string(text) != "# ours\n" {
		t.Errorf("%v\n%s", err, text)
	}
}
