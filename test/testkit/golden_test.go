package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSameFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	Same(t, path, "text")
}

func TestUpdateCommand(t *testing.T) {
	if got, want := command(t), "go test ./... -run '^TestUpdateCommand$' -update"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
