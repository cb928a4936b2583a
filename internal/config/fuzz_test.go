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
)

// FuzzLoad: no text makes Load panic or show what has the form of an address or of encoded bytes, wherever it stands. It
// gives a configuration that can be used, or mistakes with their places, in text that does no harm to a terminal.
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
		if report := reports(path); strings.Contains(report, canary) {
			t.Error(report)
		}
		begin := time.Now()
		c, _, err := Load(path)
		if took := time.Since(begin); took > 15*time.Second { // milliseconds, on a machine that is not busy
			t.Errorf("it takes %v", took)
		}
		if err != nil {
			lines := 1
			for _, c := range string(text) {
				if strings.ContainsRune("\n\r\u0085\u2028\u2029", c) { // YAML's line ends
					lines++
				}
			}
			checkMistakes(t, err, lines)
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

// checkMistakes holds an error to what people need of it.
func checkMistakes(t *testing.T, err error, lines int) {
	t.Helper()
	var mistakes *Errors
	if !errors.As(err, &mistakes) || len(mistakes.Mistakes()) == 0 {
		t.Fatalf("no mistakes: %v", err)
	}
	for _, m := range mistakes.Mistakes() {
		// The mark may stand behind the line's text: where blanks were, or a value that is not shown.
		if m.File == "" || m.Message == "" || m.Line < 0 || m.Line > 0 && m.Column < 1 || m.Caret > windowWidth+1 {
			t.Errorf("%+v", m)
		}
		if strings.HasSuffix(m.File, "config.yaml") && m.Line > lines+1 {
			t.Errorf("line %d of %d: %s", m.Line, lines, m)
		}
	}
	text := strings.NewReplacer("\n", "", "\t", "").Replace(err.Error())
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("it does harm to a terminal: %q", text)
	}
}
