package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// formatReport formats the results as Markdown: the method, and two tables with one row per number of printers.
func formatReport(o options, all []measurement) string {
	var b strings.Builder
	hosts := "a host name per printer"
	if o.hostNamesErr != nil {
		hosts = "one host name for all printers"
	}
	fmt.Fprintf(&b, "%s on %s/%s, %d CPUs; interval %v, latency %s, window %v after %v; %s.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.interval, latency, o.window, o.warmup, hosts)
	if o.faults != "" {
		fmt.Fprintf(&b, "Faults: `%s`.\n", o.faults)
	}
	if len(o.serveFlags) > 0 {
		fmt.Fprintf(&b, "Flags of serve: `%s`.\n", strings.Join(o.serveFlags, " "))
	}
	b.WriteString("\n")
	writeTable(&b, probeColumns, all)
	b.WriteString("\nPer scrape: size in MB, CPU in ms, duration in ms, maximum resident MB.\n\n")
	writeTable(&b, scrapeColumns(), all)
	return b.String()
}

// column is a column of a table: its title, and its cell for a measurement.
type column struct {
	title string
	text  func(*measurement) string
}

// probeColumns are the cost and the punctuality of probing.
var probeColumns = []column{
	{"printers", func(f *measurement) string { return formatInt(f.printers) }},
	{"probes per second", func(f *measurement) string { return formatNumber(f.probesPerSecond) }},
	{"CPU per probe, µs", func(f *measurement) string { return formatNumber(microseconds(f.cpuPerProbe)) }},
	{"in the kernel", func(f *measurement) string { return fmt.Sprintf("%.0f %%", 100*f.systemRatio) }},
	{"allocations per probe", func(f *measurement) string { return formatNumber(f.allocationsPerProbe) }},
	{"bytes allocated per probe", func(f *measurement) string { return formatInt(int(f.bytesPerProbe)) }},
	{"resident mean / max, MB", func(f *measurement) string { return formatMB(f.meanResident) + " / " + formatMB(f.maxResident) }},
	{"connections", func(f *measurement) string { return formatInt(f.connections) }},
	{"descriptors", func(f *measurement) string { return formatInt(f.descriptors) }},
	{"start delay p50 / p99, ms", func(f *measurement) string {
		return formatMilliseconds(f.startDelayP50) + " / " + formatMilliseconds(f.startDelayP99)
	}},
	{"interval jitter p99, ms", func(f *measurement) string { return formatMilliseconds(f.jitterP99) }},
	{"missed", func(f *measurement) string { return formatInt(f.missedProbes) }},
	{"skipped", func(f *measurement) string { return formatInt(f.skippedProbes) }},
	{"CPUs busy: relay / others", func(f *measurement) string { return fmt.Sprintf("%.2f / %.2f", f.simulatorCPUs, f.otherCPUs) }},
}

// scrapeColumns are the cost per kind of scrape: size, CPU time, duration, and memory.
func scrapeColumns() []column {
	columns := []column{
		{"printers", func(f *measurement) string { return formatInt(f.printers) }},
		{"series", func(f *measurement) string { return formatInt(f.series) }},
		{"CPU per series of text, µs", func(f *measurement) string { return formatNumber(microseconds(f.scrapes[0].cpu) / float64(f.series)) }},
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

// formatInt formats n with commas.
func formatInt(n int) string {
	text := fmt.Sprint(n)
	digits := len(strings.TrimPrefix(text, "-"))
	b := []byte(text)
	for i := 3; i < digits; i += 3 {
		b = slices.Insert(b, len(text)-i, ',')
	}
	return string(b)
}

// formatNumber formats v with three significant digits.
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

// formatMilliseconds formats d in ms, and an unknown duration as a dash.
func formatMilliseconds(d time.Duration) string {
	if d < 0 {
		return "–"
	}
	return formatNumber(float64(d) / float64(time.Millisecond))
}
func formatMB(bytes int64) string { return formatNumber(float64(bytes) / 1e6) }
