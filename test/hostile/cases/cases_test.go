package cases

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCasesAreValid: names are unique, and verdicts are in the table of faults.
func TestCasesAreValid(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	known := map[string]bool{"": true}
	for _, r := range fault.Rows() {
		known[r.Reason] = true
	}
	seen := map[string]bool{}
	for _, c := range All() {
		if seen[c.Name] || !name.MatchString(c.Name) || c.Description == "" || strings.Contains(c.Description, "|") || len(c.Protocols.Split()) == 0 {
			t.Errorf("%q is invalid", c.Name)
		}
		seen[c.Name] = true
		for n := range max(1, c.Requests) {
			if len(c.Expected(n)) == 0 {
				t.Errorf("%s: no expected verdict of request %d", c.Name, n)
			}
			for _, f := range c.Expected(n) {
				if !known[f.Reason] {
					t.Errorf("%s: %q is not in the table", c.Name, f.Reason)
				}
			}
		}
	}
	if len(seen) < 150 {
		t.Errorf("%d cases", len(seen))
	}
}

// TestEveryStatus: all numbers of three digits, of which only 200 is a success.
func TestEveryStatus(t *testing.T) {
	for _, c := range All() {
		if c.Name != "every-status" {
			continue
		}
		for n := range c.Requests {
			for _, f := range c.Expected(n) {
				if f.None() != (n == 200) {
					t.Errorf("%03d means %q", n, f.Reason)
				}
			}
		}
		return
	}
	t.Error("the case is missing")
}

func TestConfigHasAPrinterPerCase(t *testing.T) {
	f, err := ListenAll()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	if err := f.WriteConfig(&b, time.Second, 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, c := range All() {
		for _, on := range c.Protocols.Split() {
			if !strings.Contains(b.String(), "  - name: "+c.Name+"-"+protocolSuffixes[on]+"\n") {
				t.Errorf("%s on %s has no printer", c.Name, on)
			}
		}
	}
}

func TestDocument(t *testing.T) {
	const path = "../../../docs/internals/hostile.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(old), TableBegin)
	table, after, ended := strings.Cut(rest, TableEnd)
	if !ok || !ended {
		t.Fatal("the table is missing")
	}
	text := before + TableBegin + Markdown(ReadFigures(table)) + TableEnd + after
	testkit.Same(t, path, text)
}
