package main

import (
	"slices"
	"time"
)

// printerCounts are the simulator's request counts of a printer.
type printerCounts struct {
	Requests int         `json:"requests"`
	Status   int         `json:"status"`
	Last     []time.Time `json:"last"` // times of the last few requests, newest last
}

// probeTiming is how regularly printers were probed.
type probeTiming struct {
	jitter []time.Duration // deviations from the interval, ascending
	missed int             // intervals without a request
}

// analyzeTiming analyzes the requests to healthy printers, which get one status request per interval. Printers that got
// other requests are skipped.
func analyzeTiming(all map[string]printerCounts, from, to time.Time, interval time.Duration) (r probeTiming) {
	for _, v := range all {
		if v.Requests != v.Status {
			continue
		}
		last := from
		if v.Requests > len(v.Last) { // the relay keeps only the last few
			last = v.Last[0]
		}
		for i, at := range v.Last {
			r.missed += missedIntervals(at.Sub(last), interval)
			if i > 0 {
				r.jitter = append(r.jitter, (at.Sub(v.Last[i-1]) - interval).Abs())
			}
			last = at
		}
		r.missed += missedIntervals(to.Sub(last), interval)
	}
	slices.Sort(r.jitter)
	return r
}

// missedIntervals returns how many requests are missing in a gap. A request may be late by a tenth of the interval.
func missedIntervals(gap, interval time.Duration) int {
	return max(0, int((gap-interval/10)/interval))
}

// p99 returns the 99th percentile of ascending values; 0 if there is none.
func p99(ascending []time.Duration) time.Duration {
	if len(ascending) == 0 {
		return 0
	}
	return ascending[(len(ascending)*99+99)/100-1]
}
