package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// skipUnlessLong skips a test that takes long, unless LONG_TESTS is set as in CI.
func skipUnlessLong(t *testing.T, duration string) {
	t.Helper()
	if !testkit.Long() {
		t.Skipf("takes %s: set LONG_TESTS=1", duration)
	}
}

// runTool runs a tool and returns its output. The test fails if the tool does.
func runTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errors bytes.Buffer
	cmd := exec.CommandContext(t.Context(), testkit.Tool(t, name), args...)
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, errors.String())
	}
	return string(out)
}

// writeFile writes a file into a folder and returns its path.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	return testkit.WriteFile(t, dir, name, "%s", text)
}

// readFile returns the content of a file.
func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// substitute replaces the addresses in shipped files by those of the test.
func substitute(text string, oldNew ...string) string {
	return strings.NewReplacer(oldNew...).Replace(text)
}
