package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeFleet writes a configuration of n printers in 100 printer files, each printer with a credential file and the extra line.
func writeFleet(tb testing.TB, n int, extra string) (path string) {
	dir := tb.TempDir()
	files := map[int]*strings.Builder{}
	for i := range n {
		b := files[i%100]
		if b == nil {
			b = &strings.Builder{}
			files[i%100] = b
		}
		fmt.Fprintf(b, `- name: printer %05d
  url: https://app-%05d.octoeverywhere.com
  authorization: {credentials_file: ../secrets/%05d.token}
  labels: {site: lab, model: mk4}
  interval: 30s  # faster than the others
%s`, i, i, i, extra)
		write(tb, filepath.Join(dir, fmt.Sprintf("secrets/%05d.token", i)), fmt.Sprintf("token%d\n", i))
	}
	for i, b := range files {
		write(tb, filepath.Join(dir, fmt.Sprintf("printers.d/%02d.yaml", i)), b.String())
	}
	path = filepath.Join(dir, "config.yaml")
	write(tb, path, "defaults: {labels: {owner: me}}\nprinter_files: [printers.d/*.yaml]\n")
	return path
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1000, 10_000, 50_000} {
		path := writeFleet(b, n, "")
		b.Run(fmt.Sprintf("printers=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, _, err := Load(path)
				if err != nil || len(c.Targets) != n {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkErrors has an error in each printer.
func BenchmarkErrors(b *testing.B) {
	const n = 10_000
	path := writeFleet(b, n, "  tiemout: 3s\n")
	for b.Loop() {
		if _, _, err := Load(path); strings.Count(err.Error(), "tiemout") != 2*n {
			b.Fatal(err)
		}
	}
}

// BenchmarkOneLine has all printers on one line, as in JSON, and an error in each.
func BenchmarkOneLine(b *testing.B) {
	const n = 10_000
	var text strings.Builder
	text.WriteString("printers: [")
	for i := range n {
		fmt.Fprintf(&text, `{"name": "Büro %05d", "url": "https://app-%05d.octoeverywhere.com", "labels": {"room": "the lab"}, "timeout": "90s"}, `, i, i)
	}
	path := filepath.Join(b.TempDir(), "config.yaml")
	write(b, path, text.String()+"]\n")
	for b.Loop() {
		if _, _, err := Load(path); strings.Count(err.Error(), "90s does not fit") != n {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	_, sources, err := Load(writeFleet(b, 10_000, ""))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if sources.Digest() != sources.LoadedDigest() {
			b.Fatal("the files have changed")
		}
	}
}
