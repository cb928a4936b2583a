package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestThreatModelNamesTestsThatExist: what docs/internals/threat-model.md says is tested by a test of that name.
func TestThreatModelNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("docs/internals/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-f", "{{$d := .Dir}}{{range .TestGoFiles}}{{$d}}/{{.}}\n{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}\n{{end}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var tests bytes.Buffer
	for path := range strings.FieldsSeq(string(out)) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(source)
	}
	names := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllSubmatch(text, -1)
	if len(names) < 20 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, n := range names {
		if !bytes.Contains(tests.Bytes(), append([]byte("\nfunc "), append(n[1], '(')...)) {
			t.Errorf("there is no %s", n[1])
		}
	}
}
