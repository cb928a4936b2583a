package exporter

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// blockedInterval is the time between two counts of the printers that are affected when this machine is blocked. All
// printers are probed within it, at the default interval.
const blockedInterval = time.Minute

// blockedLog logs that something on the way refuses this machine, and how many printers that affects. The records of the
// printers' changes do not tell that they share a cause.
type blockedLog struct {
	log    *slog.Logger
	logged map[fault.Fault]int // printers per fault, without its number, as logged last
}

// watch counts at the interval until ctx is done.
func (b *blockedLog) watch(ctx context.Context, printers func() iter.Seq[*probe.Status]) {
	tick := time.NewTicker(blockedInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.count(printers())
		}
	}
}

// count logs the numbers that have changed.
func (b *blockedLog) count(printers iter.Seq[*probe.Status]) {
	all, blocked := 0, map[fault.Fault]int{}
	for s := range printers {
		if s.Disabled {
			continue
		}
		all++
		if f := s.Fault; view.BlocksMachine(f) {
			f.Code = 0
			blocked[f]++
		}
	}
	for f, n := range blocked {
		if n != b.logged[f] {
			b.log.Warn("requests from this machine are blocked before they reach OctoEverywhere",
				"reason", f.Reason, "printers", n, "of", all)
		}
	}
	for f := range b.logged {
		if blocked[f] == 0 {
			b.log.Info("requests from this machine are no longer blocked", "reason", f.Reason)
		}
	}
	b.logged = blocked
}
