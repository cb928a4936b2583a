package web

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

const (
	recentWindow = 24 * time.Hour
	// Segments of a strip, and of all strips of the fleet page, which bounds its size.
	maxSegments     = 48
	maxPageSegments = 700
	timelineAnchor  = "#timeline" // of the printer page
)

// past is the last day of a printer. It is made from what is in memory.
type past struct {
	Link     string // to the same on the printer's page
	Label    string // for screen readers
	Segments []view.Segment
	Uptime   string // "" where it is unknown
}

// pastsOf are the last days of the printers of a page, in their order. A row gets as many segments as all together may have.
func pastsOf(printers []*probe.Status, now time.Time) []*past {
	since := now.Add(-recentWindow)
	stretches := make([][]view.Stretch, len(printers))
	for i, s := range printers {
		stretches[i] = view.StretchesOf(s, s.Periods(now), s.Prints, since, now)
	}
	pasts := make([]*past, len(printers))
	for limit := maxSegments; ; limit /= 2 {
		total := 0
		for i, s := range printers {
			segments := view.StripOf(stretches[i], since, now, max(limit, 1), view.TimeOfDay)
			pasts[i] = &past{Link: linkOf(s).Path + timelineAnchor, Segments: segments}
			total += len(segments)
		}
		if total <= maxPageSegments || limit <= 1 {
			break
		}
	}
	for i, p := range pasts {
		p.Uptime, p.Label = uptimeText("24 h", stretches[i])
	}
	return pasts
}

// uptimeText is the uptime, "" where it is unknown, and what a screen reader says of the timeline.
func uptimeText(window string, stretches []view.Stretch) (uptime, label string) {
	outages := 0
	for _, x := range stretches {
		if x.Kind.IsFault() {
			outages++
		}
	}
	ratio, known := view.UptimeOf(stretches)
	if !known {
		return "", "Last " + window + ": no data"
	}
	uptime = view.Percent(ratio)
	return uptime, fmt.Sprintf("Last %s: %s up, %s", window, uptime, view.Count(outages, "outage", "outages"))
}
