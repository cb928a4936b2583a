package web

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

type (
	// window is a timeline of the printer page.
	window struct {
		Name, Label string // the label is for screen readers
		Segments    []view.Segment
		Uptime      string // "" where it is unknown
		Known       string // for how long the status was known; "" where it never was
	}
	historyRow struct {
		Layer        fault.Layer // none: no fault was active
		Reason, Code string
		Quiet        string   // that the printer was off or not probed; "" where it was neither
		Since        timeText // time of day
		Ago          string
		Duration     string
		Current      bool
	}
	// printRow is a print that has ended.
	printRow struct {
		Outcome  probe.Outcome
		Progress string // "" where it is unknown
		End      timeText
		Ago      string
		Duration string
	}
)

// maxTimelineSegments bounds a timeline of the printer page.
const maxTimelineSegments = 144

// windowsOf are the timelines of a printer.
func windowsOf(s *probe.Status, periods []probe.Verdict, prints []probe.EndedPrint, now time.Time) []window {
	const day = 24 * time.Hour
	windows := []window{{Name: "24 h"}, {Name: "7 d"}, {Name: "30 d"}}
	for i, w := range [...]struct {
		length time.Duration
		format view.TimeFormat
	}{{day, view.TimeOfDay}, {7 * day, view.DayAndTime}, {30 * day, view.DayAndTime}} {
		since := now.Add(-w.length)
		stretches := view.StretchesOf(s, periods, prints, since, now)
		x := &windows[i]
		x.Segments = view.StripOf(stretches, since, now, maxTimelineSegments, w.format)
		x.Uptime, x.Label = uptimeText(x.Name, stretches)
		known := time.Duration(0)
		for _, stretch := range stretches {
			if stretch.Kind != view.KindUnknown {
				known += stretch.Length()
			}
		}
		if known > 0 {
			x.Known = view.Rough(known)
		}
	}
	return windows
}

// historyRows are the current status and those before it, the newest first.
func historyRows(s *probe.Status, periods []probe.Verdict, prints []probe.EndedPrint, now time.Time) []historyRow {
	rows := make([]historyRow, 0, api.RecentPeriods)
	until := now
	for i, v := range slices.Backward(periods) {
		if len(rows) == api.RecentPeriods {
			break
		}
		row := historyRow{
			Since: clock(v.Since, now), Ago: ago(view.Length, v.Since, now).Text,
			Duration: view.Length(max(0, until.Sub(v.Since))), Current: i == len(periods)-1,
		}
		switch {
		case v.Unknown:
			row.Quiet = "Unknown"
		case s.WasOff(v, prints):
			row.Quiet, row.Code = view.Off, v.Fault.CodeLabel()
		default:
			row.Layer, row.Reason, row.Code = v.Fault.Layer, view.Spaced(v.Fault.Reason), v.Fault.CodeLabel()
		}
		rows = append(rows, row)
		until = v.Since
	}
	return rows
}

// maxPrintRows is how many ended prints the printer page lists.
const maxPrintRows = 10

// printRows are the last prints that have ended, the newest first.
func printRows(prints []probe.EndedPrint, now time.Time) []printRow {
	rows := make([]printRow, 0, maxPrintRows)
	for _, p := range slices.Backward(prints) {
		if len(rows) == maxPrintRows {
			break
		}
		row := printRow{Outcome: p.Outcome, End: clock(p.End, now), Ago: ago(view.Length, p.End, now).Text, Duration: view.Length(max(0, p.End.Sub(p.Start)))}
		if p.Progress > 0 {
			row.Progress = view.Percent(p.Progress)
		}
		rows = append(rows, row)
	}
	return rows
}
