package onboard

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/probe"
)

// tree lists everything in a directory: each file with its mode and content.
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

// TestFailedAddIsUndone checks that nothing has changed, wherever adding a printer fails.
func TestFailedAddIsUndone(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, p Paths){
		"the printer file cannot be appended to": func(t *testing.T, p Paths) { write(t, p.PrinterFile, "[]\n") },
		"the printer file is a directory":        func(t *testing.T, p Paths) { write(t, filepath.Join(p.PrinterFile, "x"), "") },
		"the printer file is write-protected": func(t *testing.T, p Paths) {
			write(t, p.PrinterFile, "- {name: old, url: 'https://old.example'}\n")
			if err := os.Chmod(p.PrinterFile, 0o444); err != nil {
				t.Fatal(err)
			}
		},
		"its directory is a file":         func(t *testing.T, p Paths) { write(t, filepath.Dir(p.PrinterFile), "") },
		"the secrets directory is a file": func(t *testing.T, p Paths) { write(t, p.Secrets, "") },
		"the configuration is invalid":    func(t *testing.T, p Paths) { write(t, p.Config, "printer_files: [printers.d/*.yaml]\nprinterz: []\n") },
		"another printer has the name": func(t *testing.T, p Paths) {
			write(t, filepath.Join(filepath.Dir(p.PrinterFile), "b.yaml"), "- {name: new, url: 'https://a.example'}\n")
		},
		"the configuration reads other files": func(t *testing.T, p Paths) { write(t, p.Config, "printer_files: [others/*.yaml]\n") },
	} {
		dir := t.TempDir()
		p := NewPaths(filepath.Join(dir, "config.yaml"), "", "")
		prepare(t, p)
		before := tree(t, dir)
		if _, err := p.Add(t.Context(), Printer{Name: "new", Connection: connection}); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
		if after := tree(t, dir); after != before {
			t.Errorf("%s: before\n%safter\n%s", name, before, after)
		}
	}
}

// TestAddKeepsSymlinkAndMode checks that the printer file stays a symlink, and its target keeps the mode.
func TestAddKeepsSymlinkAndMode(t *testing.T) {
	dir := t.TempDir()
	p := NewPaths(filepath.Join(dir, "config.yaml"), "", "")
	linked := filepath.Join(dir, "real.yaml")
	write(t, linked, "# ours\n")
	if err := errors.Join(os.Chmod(linked, 0o604), os.Mkdir(filepath.Dir(p.PrinterFile), 0o700), os.Symlink(linked, p.PrinterFile)); err != nil {
		t.Fatal(err)
	}
	added, err := p.Add(t.Context(), Printer{"new", connection, map[string]string{"site": "lab"}})
	if err != nil {
		t.Fatal(err)
	}
	if added.Targets[0].Name != "new" || added.Targets[0].Labels["site"] != "lab" || added.Targets[0].Authorization != probe.NewSecret("Bearer "+canary) ||
		added.Targets[0].Address.Secret != connection.Address || added.Targets[0].AppToken != connection.AppToken {
		t.Errorf("the target is %+v", added.Targets)
	}
	link, err := os.Lstat(p.PrinterFile)
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

// TestFailedAddOfManyIsUndone checks that nothing has changed if one of many printers fails, or the command is interrupted.
func TestFailedAddOfManyIsUndone(t *testing.T) {
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for name, c := range map[string]struct {
		ctx  context.Context
		last string
	}{"the last has the name of another": {t.Context(), "old"}, "interrupted": {interrupted, "new"}} {
		dir := t.TempDir()
		p := NewPaths(filepath.Join(dir, "config.yaml"), "", "")
		write(t, p.PrinterFile, "- {name: old, url: 'https://old.example'}\n")
		before := tree(t, dir)
		if _, err := p.Add(c.ctx, Printer{Name: "first", Connection: connection}, Printer{Name: c.last, Connection: connection}); err == nil {
			t.Errorf("%s: no error", name)
		}
		if after := tree(t, dir); after != before {
			t.Errorf("%s: before\n%safter\n%s", name, before, after)
		}
	}
}
