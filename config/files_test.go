package config

import (
	"os"
	"path/filepath"
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
