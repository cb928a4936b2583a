package exporter

import (
	"context"
	"sync"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// sampleInterval is the time between two samples of the fleet.
const sampleInterval = time.Second

// maxHours is how many hours of the fleet are kept.
const maxHours = 24

// history is what is remembered of the past, as pages see it.
type history struct {
	fleet *fleet.Fleet

	mu    sync.Mutex // guards hours
	hours *probe.Hours
}

func newHistory(f *fleet.Fleet) *history { return &history{fleet: f, hours: probe.NewHours(maxHours)} }

// Past returns a printer's periods and its prints that have ended, the oldest first. It fails with probe.ErrNoSuchPrinter, or
// when ctx is done.
func (h *history) Past(ctx context.Context, name string) ([]probe.Verdict, []probe.EndedPrint, error) {
	s, ok := h.fleet.Status(name)
	if !ok {
		return nil, nil, probe.ErrNoSuchPrinter
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return s.Periods(time.Now()), s.Prints, nil
}

// Hours returns the hours of the fleet, the oldest first.
func (h *history) Hours() []probe.Hour {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hours.All()
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
