package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestQuantiles(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		h    histogram
		want map[float64]float64
	}{
		"evenly spread within a bucket":    {histogram{{1, 50}, {2, 100}, {inf, 100}}, map[float64]float64{0.25: 0.5, 0.5: 1, 0.75: 1.5, 1: 2}},
		"all in the first":                 {histogram{{1, 10}, {2, 10}, {inf, 10}}, map[float64]float64{0.5: 0.5, 0.99: 0.99}},
		"an empty bucket in between":       {histogram{{1, 50}, {2, 50}, {4, 100}, {inf, 100}}, map[float64]float64{0.5: 1, 0.75: 3}},
		"beyond the last bound":            {histogram{{1, 50}, {2, 60}, {inf, 100}}, map[float64]float64{0.5: 1, 0.99: 2}},
		"nothing was counted":              {histogram{{1, 0}, {inf, 0}}, map[float64]float64{0.5: math.NaN()}},
		"no histogram":                     {nil, map[float64]float64{0.5: math.NaN()}},
		"nothing was counted below a rank": {histogram{{1, 0}, {2, 8}, {inf, 8}}, map[float64]float64{0: 0, 0.5: 1.5}},
	} {
		got := map[float64]float64{}
		for q := range c.want {
			got[q] = c.h.quantile(q)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestHistogramSub(t *testing.T) {
	before := histogram{{1, 5}, {2, 7}, {math.Inf(1), 7}}
	after := histogram{{1, 6}, {2, 10}, {math.Inf(1), 11}}
	want := histogram{{1, 1}, {2, 3}, {math.Inf(1), 4}}
	if diff := cmp.Diff(want, after.sub(before), cmp.AllowUnexported(bucket{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(after, after.sub(nil), cmp.AllowUnexported(bucket{})); diff != "" {
		t.Error(diff)
	}
}
