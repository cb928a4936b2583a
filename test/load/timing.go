package main

import (
	"slices"
	"time"
)

// visits is what the simulated relay counts of a printer.
type printerCounts struct {
	Requests int         `json:"requests"`
	Status   int         `json:"status"`
	Last     []time.Time `json:"last"` // the last few, newest last
}

// rhythm is how regularly printers were asked.
type probeTiming struct {
	jitter []time.Duration // by how much distances between two questions differ from the interval, ascending
	missed int             // moments at which a question did not come
}

// rhythmOf looks at the visits to printers that answer well, of which each is asked for its status once an interval. Who
// was asked something else meanwhile is left out.
func analyzeTiming(all map[string]printerCounts, from, to time.Time, interval time.Duration) (r probeTiming) {
	for _, v := range all {
		if v.Requests != v.Status {
			continue
		}
		last := from
		if v.Requests > len(v.Last) { // the relay has forgotten the first ones
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

// missed is how many whole intervals lie in a distance, besides the one that may: a question that is a little late is
// not missed.
func missedIntervals(gap, interval time.Duration) int {
	return max(0, int((gap-interval/10)/interval))
}

// p99 is the value that all but a hundredth of the ascending values do not exceed; 0 where there is none.
func p99(ascending []time.Duration) time.Duration {
	if len(ascending) == 0 {
		return 0
	}
	return ascending[(len(ascending)*99+99)/100-1]
}
