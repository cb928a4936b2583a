package main

import (
	"math"
	"slices"
)

// histogram is a classic histogram: cumulative counts, in ascending order of the buckets' upper bounds.
type histogram []bucket

type bucket struct{ upperBound, count float64 }

// sub returns what was counted since an earlier scrape.
func (h histogram) sub(before histogram) histogram {
	since := slices.Clone(h)
	for i, b := range before {
		if i < len(since) && since[i].upperBound == b.upperBound {
			since[i].count -= b.count
		}
	}
	return since
}

// quantile estimates the q-quantile as Prometheus' histogram_quantile does: by linear interpolation within a bucket, and
// the largest finite bound for values beyond it. It returns NaN if nothing was counted.
func (h histogram) quantile(q float64) float64 {
	if len(h) == 0 || h[len(h)-1].count == 0 {
		return math.NaN()
	}
	rank := q * h[len(h)-1].count
	lowerBound, countBelow := 0.0, 0.0
	for _, b := range h {
		if b.count >= rank {
			if math.IsInf(b.upperBound, 1) || b.count == countBelow {
				return lowerBound
			}
			return lowerBound + (b.upperBound-lowerBound)*(rank-countBelow)/(b.count-countBelow)
		}
		lowerBound, countBelow = b.upperBound, b.count
	}
	return lowerBound
}
