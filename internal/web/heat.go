package web

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

type (
	// heat is a table that shows how much each layer failed in equal spans of time.
	heat struct {
		Title string
		Heads []string // of the spans, the oldest first
		Rows  []heatRow
	}
	heatRow struct {
		Layer fault.Layer
		Cells []heatCell
	}
	heatCell struct {
		Level string // how much, as a class: none, low, some, much, most, or nothing-known
		Text  string // in words
	}
)

// heatsOf are the heat maps of the last day and of the last month.
func heatsOf(hours []probe.Hour, now time.Time) []heat {
	const day = 24 * time.Hour
	return []heat{
		heatOf("Last 24 hours (UTC)", hours, now, time.Hour, 24, "15"),
		heatOf("Last 30 days (UTC)", hours, now, day, 30, "2"),
	}
}

// heatOf sums up the hours by spans, of which the last one is not over.
func heatOf(title string, hours []probe.Hour, now time.Time, span time.Duration, count int, head string) heat {
	sums := make([]probe.Hour, count)
	first := now.UTC().Truncate(span).Add(-time.Duration(count-1) * span)
	for i := range sums {
		sums[i].Start = first.Add(time.Duration(i) * span)
	}
	for _, h := range hours {
		if h.Start.Before(first) || h.Start.After(now) { // the clock may have been set back
			continue
		}
		sum := &sums[h.Start.Sub(first)/span]
		sum.Known += h.Known
		for _, l := range fault.Layers {
			sum.Down[l] += h.Down[l]
		}
	}
	m := heat{Title: title}
	for _, l := range fault.Layers {
		row := heatRow{Layer: l}
		for _, sum := range sums {
			row.Cells = append(row.Cells, heatCellOf(sum, l))
		}
		m.Rows = append(m.Rows, row)
	}
	for _, sum := range sums {
		m.Heads = append(m.Heads, sum.Start.Format(head))
	}
	return m
}

// heatCellOf is the part of the known time in which a layer failed.
func heatCellOf(sum probe.Hour, l fault.Layer) heatCell {
	if sum.Known <= 0 {
		return heatCell{"nothing-known", "no data"}
	}
	ratio := float64(sum.Down[l]) / float64(sum.Known)
	level := "most"
	for _, bound := range [...]struct {
		ratio float64
		level string
	}{{0, "none"}, {0.01, "low"}, {0.05, "some"}, {0.2, "much"}} {
		if ratio <= bound.ratio {
			level = bound.level
			break
		}
	}
	return heatCell{level, fmt.Sprintf("%s down", view.Percent(ratio))}
}
