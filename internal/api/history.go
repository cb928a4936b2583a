package api

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

type (
	// History is a page of a printer's past, the newest first.
	History struct {
		Changes []Change     `json:"changes"`
		Prints  []EndedPrint `json:"prints"`
		// Uptime is the ratio by window and layer, and UptimeKnown for how much of the window the status is known.
		Uptime      map[string]map[string]float64 `json:"uptime,omitempty"`
		UptimeKnown map[string]float64            `json:"uptime_known_seconds,omitempty"`
		Next        time.Time                     `json:"next,omitzero"`
	}
	// EndedPrint is a print that has ended.
	EndedPrint struct {
		Start    time.Time `json:"start"`
		End      time.Time `json:"end"`
		Outcome  string    `json:"outcome"`
		Progress float64   `json:"progress_ratio,omitzero"`
	}
	// FleetHistory is a page of the fleet's past, the newest first.
	FleetHistory struct {
		Changes []FleetChange `json:"changes"`
		Prints  []FleetPrint  `json:"prints"`
		Hours   []Hour        `json:"hours"` // of the whole window, on each page
		Next    time.Time     `json:"next,omitzero"`
	}
	// FleetChange is a change of a printer's status.
	FleetChange struct {
		Printer string `json:"printer"`
		Change
	}
	// FleetPrint is a print of a printer that has ended.
	FleetPrint struct {
		Printer string `json:"printer"`
		EndedPrint
	}
	// Hour sums up an hour of all printers.
	Hour struct {
		Start time.Time          `json:"start"`
		Known float64            `json:"known_seconds"`
		Down  map[string]float64 `json:"down_seconds"`
	}
)

// Page selects what began before Until and had not ended at Since, the newest first. It holds Limit entries, and more only if
// they began within the same millisecond: Until of the next page is the time at which the oldest entry of this one began.
type Page struct {
	Since, Until time.Time
	Limit        int
}

// key sorts entries. Those that began before Since share a key, so that Until of the next page is always after Since.
func (p Page) key(start time.Time) time.Time {
	if start.Before(p.Since) {
		return p.Since
	}
	return start
}

// selects reports whether something that began at start and ended at end is selected; end is zero while it lasts.
func (p Page) selects(start, end time.Time) bool {
	return start.Before(p.Until) && (end.IsZero() || end.After(p.Since))
}

// cut returns the smallest key on the page, and Until of the next page; that is zero if this one is the last.
func (p Page) cut(keys []time.Time) (oldest, next time.Time) {
	if len(keys) <= p.Limit {
		return p.Since, time.Time{}
	}
	slices.SortFunc(keys, func(a, b time.Time) int { return b.Compare(a) })
	oldest = keys[p.Limit-1]
	if keys[len(keys)-1].Before(oldest) {
		next = oldest
	}
	return oldest, next
}

// HistoryOf builds a page of a printer's past from its periods and its prints, which are sorted, the oldest first. The last
// period is in force now.
func HistoryOf(periods []probe.Verdict, prints []probe.EndedPrint, p Page, now time.Time) History {
	var h History
	h.Uptime, h.UptimeKnown = uptimeOf(periods, now)
	changes, ended := changesOf(periods), endedPrintsOf(prints)
	changes = slices.DeleteFunc(changes, func(c Change) bool { return !p.selects(c.Since, c.Until) })
	ended = slices.DeleteFunc(ended, func(e EndedPrint) bool { return !p.selects(e.Start, e.End) })
	keys := make([]time.Time, 0, len(changes)+len(ended))
	for _, c := range changes {
		keys = append(keys, p.key(c.Since))
	}
	for _, e := range ended {
		keys = append(keys, p.key(e.Start))
	}
	var oldest time.Time
	oldest, h.Next = p.cut(keys)
	h.Changes = slices.DeleteFunc(changes, func(c Change) bool { return p.key(c.Since).Before(oldest) })
	h.Prints = slices.DeleteFunc(ended, func(e EndedPrint) bool { return p.key(e.Start).Before(oldest) })
	return h
}

// changesOf returns the periods in which something was known, the newest first.
func changesOf(periods []probe.Verdict) []Change {
	changes := make([]Change, 0, len(periods))
	var until time.Time
	for _, v := range slices.Backward(periods) {
		since := timestamp(v.Since)
		if !v.Unknown {
			changes = append(changes, Change{since, until, keyOf(v.Fault)})
		}
		until = since
	}
	return changes
}

// endedPrintsOf returns prints, the newest first.
func endedPrintsOf(prints []probe.EndedPrint) []EndedPrint {
	ended := make([]EndedPrint, 0, len(prints))
	for _, p := range slices.Backward(prints) {
		ended = append(ended, endedPrintOf(p))
	}
	return ended
}

func endedPrintOf(p probe.EndedPrint) EndedPrint {
	return EndedPrint{timestamp(p.Start), timestamp(p.End), p.Outcome.String(), p.Progress}
}

// uptimeWindows are for how long uptime is computed.
var uptimeWindows = [...]struct {
	name   string
	length time.Duration
}{{"24h", 24 * time.Hour}, {"7d", 7 * 24 * time.Hour}, {"30d", 30 * 24 * time.Hour}}

// uptimeOf returns the uptime by window and layer, and for how long it is known, by window.
func uptimeOf(periods []probe.Verdict, now time.Time) (ratios map[string]map[string]float64, known map[string]float64) {
	for _, w := range uptimeWindows {
		layers := probe.UptimeOf(periods, now.Add(-w.length), now)
		for _, l := range fault.Layers {
			ratio, ok := layers[l].Ratio()
			if !ok {
				continue
			}
			if ratios == nil {
				ratios, known = map[string]map[string]float64{}, map[string]float64{}
			}
			if ratios[w.name] == nil {
				ratios[w.name] = map[string]float64{}
				known[w.name] = seconds(layers[l].Up + layers[l].Down) // of the first layer: whatever is known is known of it
			}
			ratios[w.name][l.String()] = ratio
		}
	}
	return ratios, known
}

// FleetHistoryOf builds a page of the fleet's past from its hours, the oldest first, and from the events of the page, the newest first.
func FleetHistoryOf(hours []probe.Hour, events []probe.Event, more bool, p Page) FleetHistory {
	h := FleetHistory{Changes: []FleetChange{}, Prints: []FleetPrint{}, Hours: []Hour{}}
	for _, e := range events {
		if e.Verdict != nil {
			h.Changes = append(h.Changes, FleetChange{e.Printer, Change{timestamp(e.At), timestamp(e.Until), keyOf(e.Verdict.Fault)}})
		} else {
			h.Prints = append(h.Prints, FleetPrint{e.Printer, endedPrintOf(*e.Print)})
		}
		if more {
			h.Next = timestamp(e.At)
		}
	}
	for _, hour := range slices.Backward(hours) {
		if !p.selects(hour.Start, hour.Start.Add(time.Hour)) {
			continue
		}
		down := make(map[string]float64, len(fault.Layers))
		for _, l := range fault.Layers {
			down[l.String()] = seconds(hour.Down[l])
		}
		h.Hours = append(h.Hours, Hour{timestamp(hour.Start), seconds(hour.Known), down})
	}
	return h
}

// seconds is a duration in seconds, to the millisecond.
func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
