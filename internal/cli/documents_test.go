package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestDocumentedCommandsExist: the program accepts all command lines in the README and the documents.
func TestDocumentedCommandsExist(t *testing.T) {
	files := []string{"README.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	command := regexp.MustCompile("(?:^|`|\\./|run \\. )octoeverywhere_exporter( [^`#|<>]*)?|go run \\. ([^`#|<>]*)")
	found := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			m := command.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil || strings.HasPrefix(line, "#") || strings.Contains(line, "[FLAGS]") {
				continue
			}
			args := strings.Fields(m[1] + m[2])
			if len(args) > 0 && !strings.HasPrefix(args[0], "-") && !regexp.MustCompile(`^(serve|check|probe|add|export|codes|demo|simulate|version|completion)$`).MatchString(args[0]) {
				continue // prose
			}
			var c commands
			parser, err := kong.New(&c, kong.Vars{"version": ""})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args); err != nil {
				t.Errorf("%s: %s: %v", f, strings.TrimSpace(line), err)
			}
			found++
		}
	}
	if found < 4 {
		t.Errorf("only %d commands are found in the documents", found)
	}
}
