package cli

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSecurityNamesTestsThatExist: what SECURITY.md says is tested by a test of that name.
func TestSecurityNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
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

// TestFlagsOfTheWebSideAreDocumented: each of them, with its default, in docs/security.md.
func TestFlagsOfTheWebSideAreDocumented(t *testing.T) {
	text, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	help, _ := said("serve", "--help")
	flags := regexp.MustCompile(`--web\.[a-z.-]+(?:="?[^"\s]+)?`).FindAllString(help, -1)
	if len(flags) < 6 {
		t.Fatalf("only %v", flags)
	}
	for _, f := range flags {
		name, value, _ := strings.Cut(f, "=")
		value = strings.TrimSuffix(value, ",...") // it can be repeated
		row := regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(name) + "[`=].*$").FindString(string(text))
		if row == "" {
			t.Errorf("%s has no row", name)
		} else if value != "" && !slices.Contains([]string{"FILE", "ADDRESS"}, value) && !strings.Contains(row, "`"+strings.Trim(value, `"`)+"`") {
			t.Errorf("the default of %s is %s: %s", name, value, row)
		}
	}
}
