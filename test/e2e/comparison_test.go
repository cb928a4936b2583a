package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestComparisonNamesTestsThatExist: each feature of docs/comparison.md names tests of this repository, and has a cell for each of
// the other programs.
func TestComparisonNamesTestsThatExist(t *testing.T) {
	tests := testNames(t)
	name := regexp.MustCompile("`(Test\\w+)`")
	columns, features := 0, 0
	for line := range strings.Lines(readText(t, "docs/comparison.md")) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if columns == 0 {
			columns = len(cells)
		}
		if len(cells) != columns {
			t.Errorf("%d columns instead of %d: %s", len(cells), columns, line)
		}
		if !strings.Contains(cells[0], "**") {
			continue
		}
		features++
		named := name.FindAllStringSubmatch(cells[1], -1)
		if len(named) == 0 {
			t.Errorf("no test shows%s", cells[0])
		}
		for _, m := range named {
			if !tests[m[1]] {
				t.Errorf("there is no test %s, which is to show%s", m[1], cells[0])
			}
		}
	}
	if features < 14 {
		t.Errorf("only %d features", features)
	}
}

// testNames returns the names of all tests, of all modules.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || path != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range declaration.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
