package exporter

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe/fleet"
)

// syncInterval is how often changes are written to the storage.
const syncInterval = time.Second

// storage writes what is known of a fleet, off the probing path.
type storage struct {
	store   *store.Store
	fleet   *fleet.Fleet
	history *history
	panics  *panicGuard
}

// openStorage opens the storage in a folder; nil if there is to be none. It fails if another process uses it.
func openStorage(dir string, log *slog.Logger) (*store.Store, error) {
	if dir == "" {
		return nil, nil
	}
	return store.Open(dir, log)
}

// run writes what changes until ctx is done and, after idle is closed, what is left. Then it closes the storage.
func (s *storage) run(ctx context.Context, idle <-chan struct{}) {
	tick := time.NewTicker(syncInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.guard(func() {
				now := time.Now()
				s.store.Sync(now, s.fleet.Records())
				s.store.SyncHours(now, s.history.allHours)
			})
		case <-ctx.Done():
			<-idle
			s.guard(func() { s.store.Close(time.Now(), s.fleet.Records(), s.history.allHours) })
			return
		}
	}
}

// guard reports a panic of f: a bug in writing must not end the probing.
func (s *storage) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			s.panics.reportJob(collector.StorageComponent, "", v, debug.Stack())
		}
	}()
	f()
}

// storageStats returns the figures of a storage for the metrics; nil where there is none.
func storageStats(s *store.Store) func() collector.StorageStats {
	if s == nil {
		return nil
	}
	return func() collector.StorageStats { return collector.StorageStats(s.Stats()) }
}
