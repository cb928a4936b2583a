//go:build unix

package onboard

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRootAddsForTheOwnerOfTheDirectory: what root adds belongs to the owner of the configuration's directory, so that the exporter
// can read it.
func TestRootAddsForTheOwnerOfTheDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const user, group = 65532, 65533
	dir := t.TempDir()
	if err := os.Chown(dir, user, group); err != nil {
		t.Fatal(err)
	}
	p := NewPaths(filepath.Join(dir, "config.yaml"), "", "")
	for _, names := range [][2]string{{"a", "b"}, {"c", "d"}} { // makes the printer file, then replaces it
		if _, err := p.Add(t.Context(), Printer{Name: names[0], Connection: connection}, Printer{Name: names[1], Connection: connection}); err != nil {
			t.Fatal(err)
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if s, ok := info.Sys().(*syscall.Stat_t); !ok || s.Uid != user || s.Gid != group {
			t.Errorf("%s belongs to %d:%d", path, s.Uid, s.Gid)
		}
		if filepath.Base(filepath.Dir(path)) == "secrets" && info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		files++
		return nil
	})
	if err != nil || files != 3+2+4*3 {
		t.Errorf("%d files, %v", files, err)
	}
}
