package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad: no text makes Load panic or show what has the form of an address or of encoded bytes, wherever it stands.
func FuzzLoad(f *testing.F) {
	const canary = "c4nary/0+x="
	for _, s := range []string{
		"printers:\n  - name: a\n    url: https://" + canary + "\n",
		"defaults: {interval: " + canary + ", labels: {a: " + canary + "}}\n",
		canary + ": |\n  x\n",
		"a: \"" + canary + "\n",
		"a: &x [*x, " + canary + "]\n? [b]\n: c\n",
		strings.ReplaceAll(marked, "c4nary", canary),
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
	})
}
