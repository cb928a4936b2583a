package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report writes the figures as Markdown: how they came about, and two tables with a row for each number of printers.
func formatReport(o options, all []measurement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s/%s, %d processors; each printer every %v, answers after %s, a window of %v after %v.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.interval, latency, o.window, o.warmup)
	if o.faults != "" {
		fmt.Fprintf(&b, "Faults: `%s`.\n", o.faults)
	}
	if len(o.serveFlags) > 0 {
		fmt.Fprintf(&b, "The exporter with `%s`.\n", strings.Join(o.serveFlags, " "))
	}
	b.WriteString("\n")
	writeTable(&b, probeColumns, all)
	b.WriteString("\nA scrape: MB that were sent, ms of CPU, ms until it was there, and MB resident at most meanwhile.\n\n")
	writeTable(&b, scrapeColumns(), all)
	return b.String()
}

// column is a column of a table: its title and its text for each number of printers.
type column struct {
	title string
	text  func(*measurement) string
}

// probing is what probing costs and how punctual it is.
var probeColumns = []column{
	{"printers", func(f *measurement) string { return formatInt(f.printers) }},
	{"probes a second", func(f *measurement) string { return formatNumber(f.probesPerSecond) }},
	{"CPU a probe, µs", func(f *measurement) string { return formatNumber(microseconds(f.cpuPerProbe)) }},
	{"of it in the kernel", func(f *measurement) string { return fmt.Sprintf("%.0f %%", 100*f.systemRatio) }},
	{"allocations a probe", func(f *measurement) string { return formatNumber(f.allocationsPerProbe) }},
	{"bytes allocated a probe", func(f *measurement) string { return formatInt(int(f.bytesPerProbe)) }},
	{"resident mean / max, MB", func(f *measurement) string { return formatMB(f.meanResident) + " / " + formatMB(f.maxResident) }},
	{"connections", func(f *measurement) string { return formatInt(f.connections) }},
	{"descriptors", func(f *measurement) string { return formatInt(f.descriptors) }},
	{"late p50 / p99, ms", func(f *measurement) string {
		return formatMilliseconds(f.startDelayP50) + " / " + formatMilliseconds(f.startDelayP99)
	}},
	{"distance off p99, ms", func(f *measurement) string { return formatMilliseconds(f.jitterP99) }},
	{"missed", func(f *measurement) string { return formatInt(f.missedProbes) }},
	{"skipped", func(f *measurement) string { return formatInt(f.skippedProbes) }},
	{"processors busy: relay / others", func(f *measurement) string { return fmt.Sprintf("%.2f / %.2f", f.simulatorCPUs, f.otherCPUs) }},
}

// scraping is what scrapes cost, each kind as its size, its CPU time, how long it took, and the memory meanwhile.
func scrapeColumns() []column {
	columns := []column{
		{"printers", func(f *measurement) string { return formatInt(f.printers) }},
		{"series", func(f *measurement) string { return formatInt(f.series) }},
		{"CPU a series of text, µs", func(f *measurement) string { return formatNumber(microseconds(f.scrapes[0].cpu) / float64(f.series)) }},
	}
	for i, k := range scrapeKinds {
		columns = append(columns, column{k.name, func(f *measurement) string {
			s := f.scrapes[i]
			return formatMB(s.bytes) + ", " + formatMilliseconds(s.cpu) + ", " + formatMilliseconds(s.duration) + ", " + formatMB(s.maxResident)
		}})
	}
	return columns
}

func writeTable(b *strings.Builder, columns []column, all []measurement) {
	for _, c := range columns {
		fmt.Fprintf(b, "| %s ", c.title)
	}
	b.WriteString("|\n" + strings.Repeat("| ---: ", len(columns)) + "|\n")
	for i := range all {
		for _, c := range columns {
			fmt.Fprintf(b, "| %s ", c.text(&all[i]))
		}
		b.WriteString("|\n")
	}
}

// thousands writes a number with commas.
func formatInt(n int) string {
	text := fmt.Sprint(n)
	digits := len(strings.TrimPrefix(text, "-"))
	b := []byte(text)
	for i := 3; i < digits; i += 3 {
		b = slices.Insert(b, len(text)-i, ',')
	}
	return string(b)
}

// short writes a number with three digits where they say anything.
func formatNumber(v float64) string {
	switch {
	case v >= 1000:
		return formatInt(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
func formatMilliseconds(d time.Duration) string {
	return formatNumber(float64(d) / float64(time.Millisecond))
}
func formatMB(bytes int64) string { return formatNumber(float64(bytes) / 1e6) }
