// Package testkit has what tests share: it starts the program, compares generated documents and pages with files of this
// repository (with the flag -update it rewrites them), searches for secrets, and serves names.
package testkit

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the documents and files that tests compare")

// Updating reports whether files are to be rewritten.
func Updating() bool { return *update }

// Same compares a text with the content of a file. Where they differ, the error has the command that rewrites the file.
func Same(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; to make it, run: %s", err, command(t))
	}
	if d := cmp.Diff(string(old), text); d != "" {
		t.Errorf("%s is stale; if the new text is right, run: %s\n%s", path, command(t), d)
	}
}

// command returns the command that rewrites what a test compares, from the top of the repository.
func command(t *testing.T) string {
	return fmt.Sprintf("go test ./... -run '^%s$' -update", t.Name())
}
