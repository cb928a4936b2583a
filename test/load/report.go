package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report writes the figures as Markdown: how they came about, and two tables with a row for each number of printers.
func report(o options, all []figures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s/%s, %d processors; each printer every %v, answers after %s, a window of %v after %v.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.interval, latency, o.window, o.warm)
	if o.shares != "" {
		fmt.Fprintf(&b, "Faults: `%s`.\n", o.shares)
	}
	if len(o.serve) > 0 {
		fmt.Fprintf(&b, "The exporter with `%s`.\n", strings.Join(o.serve, " "))
	}
	b.WriteString("\n")
	table(&b, probing, all)
	b.WriteString("\nA scrape: MB that were sent, ms of CPU, ms until it was there, and MB resident at most meanwhile.\n\n")
	table(&b, scraping(), all)
	return b.String()
}

// column is a column of a table: its title and its text for each number of printers.
type column struct {
	title string
	text  func(*figures) string
}

// probing is what probing costs and how punctual it is.
var probing = []column{
	{"printers", func(f *figures) string { return thousands(f.printers) }},
	{"probes a second", func(f *figures) string { return short(f.probes) }},
	{"CPU a probe, µs", func(f *figures) string { return short(micro(f.cpu)) }},
	{"of it in the kernel", func(f *figures) string { return fmt.Sprintf("%.0f %%", 100*f.system) }},
	{"allocations a probe", func(f *figures) string { return short(f.allocations) }},
	{"bytes allocated a probe", func(f *figures) string { return thousands(int(f.allocated)) }},
	{"resident mean / max, MB", func(f *figures) string { return mega(f.resident) + " / " + mega(f.residentMost) }},
	{"connections", func(f *figures) string { return thousands(f.connections) }},
	{"descriptors", func(f *figures) string { return thousands(f.descriptors) }},
	{"late p50 / p99, ms", func(f *figures) string { return milli(f.late50) + " / " + milli(f.late99) }},
	{"distance off p99, ms", func(f *figures) string { return milli(f.off99) }},
	{"missed", func(f *figures) string { return thousands(f.missed) }},
	{"skipped", func(f *figures) string { return thousands(f.skipped) }},
	{"processors busy: relay / others", func(f *figures) string { return fmt.Sprintf("%.2f / %.2f", f.simulator, f.others) }},
}

// scraping is what scrapes cost, each kind as its size, its CPU time, how long it took, and the memory meanwhile.
func scraping() []column {
	columns := []column{
		{"printers", func(f *figures) string { return thousands(f.printers) }},
		{"series", func(f *figures) string { return thousands(f.series) }},
		{"CPU a series of text, µs", func(f *figures) string { return short(micro(f.scrapes[0].cpu) / float64(f.series)) }},
	}
	for i, k := range scrapeKinds {
		columns = append(columns, column{k.name, func(f *figures) string {
			s := f.scrapes[i]
			return mega(s.bytes) + ", " + milli(s.cpu) + ", " + milli(s.wall) + ", " + mega(s.resident)
		}})
	}
	return columns
}

func table(b *strings.Builder, columns []column, all []figures) {
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
func thousands(n int) string {
	text := fmt.Sprint(n)
	digits := len(strings.TrimPrefix(text, "-"))
	b := []byte(text)
	for i := 3; i < digits; i += 3 {
		b = slices.Insert(b, len(text)-i, ',')
	}
	return string(b)
}

// short writes a number with three digits where they say anything.
func short(v float64) string {
	switch {
	case v >= 1000:
		return thousands(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
func milli(d time.Duration) string  { return short(float64(d) / float64(time.Millisecond)) }
func mega(bytes int64) string       { return short(float64(bytes) / 1e6) }
