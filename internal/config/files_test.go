package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnlyFilesAreRead: a pipe would block, a device might never end.
func TestOnlyFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	write(t, large, "")
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(dir, "loop")
	link(t, loop, loop)
	for path, want := range map[string]string{
		dir:                        "is a directory, not a file",
		os.DevNull:                 "is not a regular file",
		large:                      "is larger than 64 MiB",
		loop:                       "cannot be read: too many levels of symbolic links",
		filepath.Join(dir, "none"): "does not exist",
	} {
		if got := readFile(path).problem; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// TestAFolderThatMayNotBeLookedIntoIsNotEmpty: printers in it would be gone without a word.
func TestAFolderThatMayNotBeLookedIntoIsNotEmpty(t *testing.T) {
	t.Chdir(t.TempDir())
	link(t, "loop", "loop") // not even root can look into that
	write(t, "sites/a/printers.yaml", "[]")
	link(t, "loop", "sites/loop")
	write(t, "file", "")
	const loop = "cannot be read: too many levels of symbolic links"
	for pattern, want := range map[string]string{
		"loop/*.yaml":                  loop,
		"loop/printers.yaml":           loop,
		"loop/*/printers.yaml":         loop,
		"sites/*/printers.yaml":        loop,
		"sites/[a]/*.yaml":             "",
		"sites/b/*.yaml":               "",
		"none/*/*.yaml":                "",
		"file/*.yaml":                  "",
		"printers.yaml":                "",
		t.TempDir() + "/*.yaml":        "",
		t.TempDir() + "/printers.yaml": "",
	} {
		if got := blocked(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
	write(t, "config.yaml", printer("mk4")+"printer_files: [loop/*.yaml]\n")
	_, _, err := Load("config.yaml")
	if err == nil || !strings.Contains(err.Error(), "config.yaml:4:17: printer_files[0]: a folder on its way "+loop) {
		t.Errorf("got %v", err)
	}
}

// TestPermissionsAreSaid, of a folder as of a file.
func TestPermissionsAreSaid(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may look into every folder")
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "printers.d")
	write(t, filepath.Join(folder, "a.yaml"), "")
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) }) //nolint:gosec // a folder
	const want = "may not be read: permission denied"
	for what, got := range map[string]string{"folder": blocked(folder + "/*.yaml"), "file": readFile(folder + "/a.yaml").problem} {
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}
