// Package golden compares what tests make with files of this repository: documents that are made of tables, pages, answers.
// With the flag -update the files are written anew. Only tests use it.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
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

// command is what writes anew what a test compares, from the top of the repository.
func command(t *testing.T) string {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	place := ""
	for top := here; ; {
		if _, err := os.Stat(filepath.Join(top, "go.mod")); err == nil {
			return fmt.Sprintf("go test ./%s -run '^%s$' -update", place, t.Name())
		}
		place = filepath.ToSlash(filepath.Join(filepath.Base(top), place))
		if up := filepath.Dir(top); up != top {
			top = up
			continue
		}
		t.Fatal("there is no go.mod above ", here)
	}
}
