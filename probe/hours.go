package probe

import (
	"iter"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// Hour sums up over the printers of a fleet what was known during an hour. A layer was up for as long as printers were known,
// less the time in which it or a layer before it failed. A printer that is switched off has not failed. Its JSON form is written to disk.
type Hour struct {
	Start time.Time                        `json:"start"` // in UTC
	Known time.Duration                    `json:"known"` // for how long the verdict about a printer was known
	Down  [fault.Printer + 1]time.Duration `json:"down"`  // for how long each layer failed
}

// maxSampleGap is the longest time that a sample stands for. After a longer gap the process was suspended, and nothing is known
// about the time before the sample.
const maxSampleGap = time.Minute

// Hours are the hours of a fleet, made from samples. A limited number of them is kept, because ages depend on a clock that can
// be wrong.
type Hours struct {
	limit int
	hours []Hour    // the oldest first, each with a known printer
	last  time.Time // of the last sample; zero: there was none
}

// NewHours returns an empty Hours that keeps the newest hours up to a limit, which must be positive.
func NewHours(limit int) *Hours { return &Hours{limit: limit} }

// Sample adds what is known of the printers now, for the time since the last sample. It is meant to be called every second.
func (h *Hours) Sample(now time.Time, printers iter.Seq[*Status]) {
	passed := now.Sub(h.last)
	h.last = now
	if passed <= 0 || passed > maxSampleGap {
		return
	}
	known, down := 0, [fault.Printer + 1]int{}
	for s := range printers {
		if s.verdictHolds(now) {
			known++
			if !s.SwitchedOff() {
				down[s.Fault.Layer]++
			}
		}
	}
	if known == 0 {
		return
	}
	for passed > 0 {
		begin := now.Add(-passed)
		hour := h.hour(begin.UTC().Truncate(time.Hour))
		part := min(passed, hour.Start.Add(time.Hour).Sub(begin))
		hour.Known += time.Duration(known) * part
		for _, l := range fault.Layers {
			hour.Down[l] += time.Duration(down[l]) * part
		}
		passed -= part
	}
}

// hour returns the hour that begins at start, a new one if there is none. It is valid until the next call.
func (h *Hours) hour(start time.Time) *Hour {
	i, found := h.find(start)
	if !found {
		if len(h.hours) >= h.limit {
			h.hours = slices.Delete(h.hours, 0, 1)
			i = max(0, i-1)
		}
		h.hours = slices.Insert(h.hours, i, Hour{Start: start})
	}
	return &h.hours[i]
}

// find searches the newest hour first, because that is nearly always the right one.
func (h *Hours) find(start time.Time) (i int, found bool) {
	for i = len(h.hours); i > 0 && h.hours[i-1].Start.After(start); i-- {
	}
	if i > 0 && h.hours[i-1].Start.Equal(start) {
		return i - 1, true
	}
	return i, false
}

// All returns all hours, the oldest first.
func (h *Hours) All() []Hour { return slices.Clone(h.hours) }

// Restore replaces the hours by those that All has returned in another process.
func (h *Hours) Restore(hours []Hour) {
	h.hours = nil
	for _, stored := range hours {
		start := stored.Start.UTC().Truncate(time.Hour)
		hour := h.hour(start)
		*hour = stored
		hour.Start = start
	}
}
