package cli

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/shard"
)

// benchConfiguration writes a configuration of n printers, each with an address, a token and labels of its own.
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

func benchApp(b *testing.B, file string) *app {
	b.Helper()
	a := newApp(slog.New(slog.DiscardHandler), file, shard.Shard{}, build{}, nil)
	if err := a.reload(); err != nil {
		b.Fatal(err)
	}
	return a
}

const benchPrinters = 10_000

// BenchmarkReload takes over a configuration in which nothing has changed: the most work for the least effect.
func BenchmarkReload(b *testing.B) {
	a := benchApp(b, benchConfiguration(b, benchPrinters))
	defer a.fleet.Close()
	b.ReportAllocs()
	for b.Loop() {
		if err := a.reload(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPrinterMemory is what a printer keeps in memory from its configuration on, before its first probe.
func BenchmarkPrinterMemory(b *testing.B) {
	file := benchConfiguration(b, benchPrinters)
	kept := 0.0
	for b.Loop() {
		before := heap()
		a := benchApp(b, file)
		kept = float64(heap() - before)
		a.fleet.Close() // until here it is kept
	}
	b.ReportMetric(kept/benchPrinters, "B/printer")
}

// heap is what is in use once all garbage is gone, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC() // pools survive the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
