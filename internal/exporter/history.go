package exporter

import (
	"context"
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
	older, ended := h.store.Past(r.Number, now)
	if len(periods) > 0 {
		first := periods[0].Since.UnixMilli()
		older = slices.DeleteFunc(older, func(v probe.Verdict) bool { return v.Since.UnixMilli() >= first })
	}
	if len(prints) > 0 {
		first := prints[0].End.UnixMilli()
		ended = slices.DeleteFunc(ended, func(p probe.EndedPrint) bool { return p.End.UnixMilli() >= first })
	}
	return append(older, periods...), append(ended, prints...), nil
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
