// Package schedule runs periodic jobs. Each job has a fixed offset within its interval, a hash of its key, so that jobs are
// spread evenly and keep their ticks after a restart and in another process.
package schedule

import "time"

// Resolution is the resolution of offsets. Jobs with the same tick share a wake-up: 50,000 jobs with an interval of 15s need
// 20 per second instead of 3,333.
const Resolution = 50 * time.Millisecond

// New jobs are first run within firstRunSpread per job, at most maxFirstRunSpread.
const (
	firstRunSpread    = 10 * time.Millisecond
	maxFirstRunSpread = 10 * time.Second
)

// Next returns the key's first tick after a time. The ticks of a key are the times whose Unix time minus the key's offset is a
// multiple of the interval, so they are the same in every process. Next panics if interval is not positive, like
// time.NewTicker, and is undefined where time.Time.UnixNano is (before 1678, after 2262).
//
// The result is after.Add(d) with d of at most one interval. It keeps the monotonic clock reading of after, so a change of the
// wall clock does not affect a timer that waits for it; the next call follows the new wall clock.
func Next(key string, interval time.Duration, after time.Time) time.Time {
	passed := (after.UnixNano() - int64(offset(key, interval))) % int64(interval)
	if passed < 0 {
		passed += int64(interval)
	}
	return after.Add(interval - time.Duration(passed))
}

// First returns the first run of a job that is one of n new jobs at start: the key's offset within 10ms per job, at most 10s
// and the interval. It panics if n or interval is not positive.
func First(n int, key string, interval time.Duration, start time.Time) time.Time {
	return start.Add(offset(key, min(interval, maxFirstRunSpread, time.Duration(n)*firstRunSpread)))
}

// following returns the key's tick after a tick that has passed at now. It counts from now: missed ticks are skipped, and
// changes of the wall clock are followed. A clock set back by less than half an interval must not yield the same tick again;
// from half an interval on, an extra run is better than a long pause.
func following(key string, interval time.Duration, tick, now time.Time) time.Time {
	// Round(0) strips the monotonic clock readings, by which the tick has always passed.
	behind := tick.Round(0).Sub(now.Round(0))
	if behind > 0 && behind < interval/2 {
		now = now.Add(behind)
	}
	return Next(key, interval, now)
}

// offset returns the key's offset within an interval: a multiple of Resolution, at least 0 and less than the interval.
func offset(key string, interval time.Duration) time.Duration {
	if interval <= 0 {
		panic("schedule: interval is not positive")
	}
	slots := uint64((interval-1)/Resolution + 1)
	// The remainder, because the last characters of a key hardly affect the high bits of FNV-1a.
	return time.Duration(hash(key)%slots) * Resolution
}

// hash is FNV-1a with 64 bits. hash/fnv would allocate per key.
func hash(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}
