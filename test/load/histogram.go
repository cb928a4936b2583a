package main

import (
	"math"
	"slices"
)

// histogram is a classic histogram: its buckets in ascending order, each of which counts all values up to its bound.
type histogram []bucket

type bucket struct{ upperBound, count float64 }

// sub is what was counted since an earlier moment.
func (h histogram) sub(before histogram) histogram {
	since := slices.Clone(h)
	for i, b := range before {
		if i < len(since) && since[i].upperBound == b.upperBound {
			since[i].count -= b.count
		}
	}
	return since
}

// quantile estimates the value below which a part q of all lies, as histogram_quantile of Prometheus does: evenly spread
// within a bucket, and the largest finite bound for what is beyond it. NaN when nothing was counted.
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
