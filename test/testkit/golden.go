// Package testkit compares what tests make with files of this repository: generated documents, pages, responses.
// With the flag -update the files are written anew. Only tests use it.
package testkit

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the documents and files that tests compare")

// Updating reports whether files are to be written anew.
func Updating() bool { return *update }

// Same compares a text with what a file holds, and says how to write it anew where that is another.
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

// command rewrites what a test compares, from the top of the repository.
func command(t *testing.T) string {
	return fmt.Sprintf("go test ./... -run '^%s$' -update", t.Name())
}
