// Package schedule runs periodic jobs. Each job has a fixed offset within its interval, derived from a hash of its key, so
// jobs are spread evenly, and offsets survive restarts and are the same in all processes.
package schedule

import "time"

// Resolution is the resolution of offsets: jobs that are due together share one wake-up, so 50,000 jobs with an interval of
// 15s need 20 wake-ups per second instead of 3,333.
const Resolution = 50 * time.Millisecond

// First runs of new jobs are spread over spreadPerJob per job, and maxSpread at most.
const (
	spreadPerJob = 10 * time.Millisecond
	maxSpread    = 10 * time.Second
)

// Next returns key's first tick strictly after `after`. The ticks of a key are the times whose Unix time, minus key's
// offset, is a multiple of the interval. Next is pure. It panics if interval is not positive, as time.NewTicker does, and is
// undefined where time.Time.UnixNano is (before 1678, after 2262).
//
// The result is after.Add(d) with d of at most one interval. It keeps the monotonic clock reading of after: a timer for it
// waits for d even if the wall clock is set in the meantime. Such a step moves the phase once, at the next call.
func Next(key string, interval time.Duration, after time.Time) time.Time {
	passed := (after.UnixNano() - int64(offset(key, interval))) % int64(interval)
	if passed < 0 {
		passed += int64(interval)
	}
	return after.Add(interval - time.Duration(passed))
}

// FirstRun returns when a job that is one of n new ones at start runs first: at start plus key's offset within n times
// spreadPerJob, maxSpread or the interval, whichever is least. It is pure. It panics if n or interval is not positive.
func FirstRun(n int, key string, interval time.Duration, start time.Time) time.Time {
	return start.Add(offset(key, min(interval, maxSpread, time.Duration(n)*spreadPerJob)))
}

// nextAfter returns key's tick after one that is due at now. It counts from now, so missed ticks are skipped and wall-clock
// changes are honored. A small backward clock step must not schedule the same tick twice; from half an interval on, running
// a job once too often is better than letting it wait.
func nextAfter(key string, interval time.Duration, tick, now time.Time) time.Time {
	// Round(0) removes the monotonic readings, by which the tick is always in the past.
	behind := tick.Round(0).Sub(now.Round(0))
	if behind > 0 && behind < interval/2 {
		now = now.Add(behind)
	}
	return Next(key, interval, now)
}

// offset returns key's offset within a duration: a multiple of Resolution, at least 0 and less than the duration.
func offset(key string, within time.Duration) time.Duration {
	if within <= 0 {
		panic("schedule: interval is not positive")
	}
	slots := uint64((within-1)/Resolution + 1)
	// The remainder, not the high bits: with FNV-1a the last characters hardly affect these.
	return time.Duration(hash(key)%slots) * Resolution
}

// hash is 64-bit FNV-1a; hash/fnv would allocate per key.
func hash(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}
