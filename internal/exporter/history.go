package exporter

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// sampleInterval is the time between two samples of the fleet.
const sampleInterval = time.Second

// How many hours of the fleet are kept.
const (
	maxHours       = 24
	maxStoredHours = store.MaxDays * 24
)

// history is what is remembered of the past, as pages see it.
type history struct {
	fleet *fleet.Fleet
	store *store.Store // what is older than memory; nil: nothing is

	mu    sync.Mutex // guards hours
	hours *probe.Hours
}

func newHistory(f *fleet.Fleet, stored *store.Store) *history {
	h := &history{fleet: f, store: stored, hours: probe.NewHours(maxHours)}
	if stored != nil {
		h.hours = probe.NewHours(maxStoredHours)
	}
	return h
}

// Past returns a printer's periods and its prints that have ended, the oldest first. It fails with probe.ErrNoSuchPrinter, or
// when ctx is done.
func (h *history) Past(ctx context.Context, name string) ([]probe.Verdict, []probe.EndedPrint, error) {
	r, ok := h.fleet.Record(name)
	if !ok {
		return nil, nil, probe.ErrNoSuchPrinter
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	now := time.Now()
	periods, prints := r.Status.Periods(now), []probe.EndedPrint(r.Status.Prints)
	if h.store == nil {
		return periods, prints, nil
	}
	older, ended := oldestOf(periods, prints).older(h.store.Past(r.Number, now))
	return append(older, periods...), append(ended, prints...), nil
}

// Events returns the newest events of all configured printers in a window, the newest first, and whether there are older ones. There
// are more than limit only if they happened within the same millisecond. It fails when ctx is done.
func (h *history) Events(ctx context.Context, since, until time.Time, limit int) (events []probe.Event, more bool, err error) {
	type known struct {
		name string
		inMemory
		next time.Time // when the oldest period that was added began
	}
	now, newest := time.Now(), probe.NewNewestEvents(since, until, limit)
	printers := map[uint64]*known{}
	for _, r := range slices.Collect(h.fleet.Records()) {
		if !r.RemovedAt.IsZero() {
			continue
		}
		name, periods, prints := r.Status.Name, r.Status.Periods(now), []probe.EndedPrint(r.Status.Prints)
		newest.Add(name, periods, time.Time{}, prints)
		p := &known{name: name, inMemory: oldestOf(periods, prints)}
		if len(periods) > 0 {
			p.next = periods[0].Since
		}
		printers[r.Number] = p
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
	}
	if h.store != nil {
		var day time.Time
		h.store.Days(now, func(start time.Time, number uint64, periods []probe.Verdict, prints []probe.EndedPrint) bool {
			if end := start.Add(24 * time.Hour); !start.Equal(day) {
				if day = start; !end.After(since) || newest.Done(end) {
					return false
				}
			}
			if p := printers[number]; p != nil {
				periods, prints = p.older(periods, prints)
				newest.Add(p.name, periods, p.next, prints)
				if len(periods) > 0 {
					p.next = periods[0].Since
				}
			}
			return ctx.Err() == nil
		})
	}
	events, more = newest.Page()
	return events, more, ctx.Err()
}

// inMemory is when the oldest period in memory began and the oldest print ended, as Unix times in milliseconds: the storage has
// newer ones, too.
type inMemory struct{ period, print int64 }

func oldestOf(periods []probe.Verdict, prints []probe.EndedPrint) inMemory {
	m := inMemory{math.MaxInt64, math.MaxInt64}
	if len(periods) > 0 {
		m.period = periods[0].Since.UnixMilli()
	}
	if len(prints) > 0 {
		m.print = prints[0].End.UnixMilli()
	}
	return m
}

// older returns what is older.
func (m inMemory) older(periods []probe.Verdict, prints []probe.EndedPrint) ([]probe.Verdict, []probe.EndedPrint) {
	return slices.DeleteFunc(periods, func(v probe.Verdict) bool { return v.Since.UnixMilli() >= m.period }),
		slices.DeleteFunc(prints, func(p probe.EndedPrint) bool { return p.End.UnixMilli() >= m.print })
}

// Hours returns the hours of the fleet until now, the oldest first.
func (h *history) Hours() []probe.Hour {
	now := time.Now()
	return slices.DeleteFunc(h.allHours(), func(hour probe.Hour) bool { return hour.Start.After(now) })
}

// allHours returns also hours in the future, from before the clock was set back.
func (h *history) allHours() []probe.Hour {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hours.All()
}

// restore takes the hours of another process.
func (h *history) restore(hours []probe.Hour) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hours.Restore(hours)
}

// sample samples the fleet at the interval until ctx is done.
func (h *history) sample(ctx context.Context) {
	tick := time.NewTicker(sampleInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.mu.Lock()
			h.hours.Sample(time.Now(), h.fleet.All())
			h.mu.Unlock()
		}
	}
}
