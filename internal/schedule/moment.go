// Package schedule runs jobs, each at its own moment of its own interval. The moment is a hash of the job's key, so jobs
// neither bunch nor drift, and a restart or a second process finds the same moments without being told.
package schedule

import "time"

// Grid is the distance between the places in an interval that a moment can have: jobs that are due together share one
// wake-up, and 50,000 jobs at 15s need 20 of them a second instead of 3,333.
const Grid = 50 * time.Millisecond

// maxSpread bounds how long after the start a job waits for its first run.
const (
	spreadEach = 10 * time.Millisecond
	maxSpread  = 10 * time.Second
)

// Next gives the first of key's own moments of interval that is strictly after `after`. The moments of a key are all times
// whose Unix time, less a share of the interval that is a hash of the key, is a multiple of the interval: they do not
// depend on when or where they are asked for. Next is pure; it panics when interval is not positive, as time.NewTicker
// does, and is undefined where time.Time.UnixNano is (before 1678, after 2262).
//
// The result is after.Add(d) with d of at most one interval. It keeps after's monotonic reading, so that whoever waits for
// it waits for d, however the wall clock jumps meanwhile: a jump moves the phase once, at the next call, and never stalls.
func Next(key string, interval time.Duration, after time.Time) time.Time {
	passed := (after.UnixNano() - int64(share(key, interval))) % int64(interval)
	if passed < 0 {
		passed += int64(interval)
	}
	return after.Add(interval - time.Duration(passed))
}

// First gives when a job that is one of n new ones at start is run for the first time: at start plus key's share of as
// many times 10ms as there are jobs, but at most of 10s and of the interval. It is pure, and panics when n or interval is
// not positive.
func First(n int, key string, interval time.Duration, start time.Time) time.Time {
	return start.Add(share(key, min(interval, maxSpread, time.Duration(n)*spreadEach)))
}

// following gives key's moment after one that has come, at now. It counts from now, not from the moment, so that moments
// missed meanwhile are missed and a wall clock that was set is followed. A clock set back by a little must not name the
// same moment a second time, though; from half an interval on the job is rather run once too often than left to wait.
func following(key string, interval time.Duration, moment, now time.Time) time.Time {
	// Round(0) strips the monotonic readings, by which the moment is always over.
	behind := moment.Round(0).Sub(now.Round(0))
	if behind > 0 && behind < interval/2 {
		now = now.Add(behind)
	}
	return Next(key, interval, now)
}

// share gives key's place in whole: on the grid, at least 0, less than whole. Of a whole below the grid it is 0.
func share(key string, whole time.Duration) time.Duration {
	if whole <= 0 {
		panic("schedule: interval is not positive")
	}
	places := uint64((whole-1)/Grid + 1)
	// The remainder, not the high bits: FNV-1a hardly carries a difference in the last characters up to there.
	return time.Duration(hash(key)%places) * Grid
}

// hash is FNV-1a of 64 bits; hash/fnv would allocate for each key.
func hash(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}
