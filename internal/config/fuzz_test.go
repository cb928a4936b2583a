package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// maxCaret is the width of a source line in an error, plus one.
const maxCaret = 101

// FuzzLoad checks that Load never panics and never shows what looks like an address or encoded bytes. It returns a usable
// configuration, or errors with positions, without control characters.
func FuzzLoad(f *testing.F) {
	const canary = "c4nary/0+x="
	for _, s := range []string{
		"printers:\n  - name: a\n    url: https://" + canary + "\n",
		"defaults: {interval: " + canary + ", labels: {a: " + canary + "}}\n",
		canary + ": |\n  x\n",
		"a: \"" + canary + "\n",
		"a: &x [*x, " + canary + "]\n? [b]\n: c\n",
		strings.ReplaceAll(marked, "c4nary", canary),
		"", "---\n", "...", "\ufeffprinters: []\n", "printers: [{name: \"a\\e[31m\", url: https://a.example}]\n",
		"printers: &a [{<<: *a}]\n", "printers: [{name: a, name: a}]\n", "\x00", "printers:\n\t- a\n", "printers: [{name: a, url: https://a.example, interval: 1s, timeout: 2s}]\n",
		"a: " + strings.Repeat("[", 2000), "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n",
	} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if text := printed(path); strings.Contains(text, canary) {
			t.Error(text)
		}
		start := time.Now()
		c, _, err := Load(path)
		if took := time.Since(start); took > 15*time.Second { // milliseconds on an idle machine
			t.Errorf("it takes %v", took)
		}
		if err != nil {
			lines := 1
			for _, c := range string(text) {
				if strings.ContainsRune("\n\r\u0085\u2028\u2029", c) { // YAML's line ends
					lines++
				}
			}
			checkErrors(t, err, lines)
			return
		}
		names := map[string]bool{}
		for _, target := range c.Targets {
			if target.Name == "" || names[target.Name] || target.Interval < time.Second || target.Timeout <= 0 || target.Timeout > target.Interval {
				t.Errorf("%q: %v, %v", target.Name, target.Interval, target.Timeout)
			}
			names[target.Name] = true
		}
	})
}

// checkErrors checks the fields and the text of an error of Load.
func checkErrors(t *testing.T, err error, lines int) {
	t.Helper()
	errs, ok := errors.AsType[strictyaml.Errors](err)
	if !ok || len(errs) == 0 {
		t.Fatalf("no errors: %v", err)
	}
	for _, e := range errs {
		// The caret may be after the text: spaces and redacted values are shortened.
		if e.File == "" || e.Message == "" || e.Line < 0 || e.Line > 0 && e.Column < 1 || e.Caret > maxCaret {
			t.Errorf("%+v", e)
		}
		if strings.HasSuffix(e.File, "config.yaml") && e.Line > lines+1 {
			t.Errorf("line %d of %d: %s", e.Line, lines, e)
		}
	}
	text := strings.NewReplacer("\n", "", "\t", "").Replace(err.Error())
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("control characters: %q", text)
	}
}
