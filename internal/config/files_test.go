package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnlyRegularFilesAreRead checks what is rejected without being opened.
func TestOnlyRegularFilesAreRead(t *testing.T) {
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

// TestUnreadableDirectory checks that a directory which cannot be read is an error, not an empty directory.
func TestUnreadableDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	link(t, "loop", "loop") // not even root can read it
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
		if got := unreadableDirectory(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
	write(t, "config.yaml", printer("mk4")+"printer_files: [loop/*.yaml]\n")
	_, _, err := Load("config.yaml")
	if err == nil || !strings.Contains(err.Error(), "config.yaml:4:17: printer_files[0]: a directory in this path "+loop) {
		t.Errorf("got %v", err)
	}
}

// TestPermissionDenied checks the message for a directory and for a file.
func TestPermissionDenied(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root can read every directory")
	}
	dir := t.TempDir()
	directory := filepath.Join(dir, "printers.d")
	write(t, filepath.Join(directory, "a.yaml"), "")
	if err := os.Chmod(directory, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(directory, 0o700) }) //nolint:gosec // a directory
	const want = "cannot be read: permission denied"
	for what, got := range map[string]string{"directory": unreadableDirectory(directory + "/*.yaml"), "file": readFile(directory + "/a.yaml").problem} {
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}
