package exporter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// benchConfiguration writes a configuration of n printers, each with its own address, token and labels.
func benchConfiguration(b *testing.B, n int) string {
	b.Helper()
	var text strings.Builder
	text.WriteString("defaults: {interval: 15s, timeout: 10s}\nprinters:\n")
	for i := range n {
		fmt.Fprintf(&text, `- name: mk4-%05d
  url: "https://app-%040d.octoeverywhere.com"
  authorization: {credentials: "%048d"}
  labels: {site: lab, model: mk4}
`, i, i, i)
	}
	path := filepath.Join(b.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func benchExporter(b *testing.B, file string) *Exporter {
	b.Helper()
	e, err := New(Options{ConfigFile: file})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

const benchPrinters = 10_000

// BenchmarkReload reloads a configuration that has not changed.
func BenchmarkReload(b *testing.B) {
	e := benchExporter(b, benchConfiguration(b, benchPrinters))
	defer e.fleet.Close()
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Reload(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPrinterMemory measures the memory per configured printer before its first probe.
func BenchmarkPrinterMemory(b *testing.B) {
	file := benchConfiguration(b, benchPrinters)
	kept := 0.0
	for b.Loop() {
		before := testkit.HeapInUse()
		e := benchExporter(b, file)
		kept = float64(testkit.HeapInUse() - before)
		e.fleet.Close() // keeps it in memory until here
	}
	b.ReportMetric(kept/benchPrinters, "B/printer")
}
