package main

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestScrapesAreNotHeldAgainstProbes: each of the two spans has a scrape of 1,000 allocations and 50,000 bytes in it; a
// probe makes 40 of 5,000 bytes.
func TestScrapesAreNotHeldAgainstProbes(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	inf := math.Inf(1)
	told := [3]scraped{
		{exposition{probes: 100, allocations: 7_000, allocated: 1_000_000}, at},
		{
			exposition{
				probes: 110, allocations: 7_000 + 1_000 + 10*40, allocated: 1_000_000 + 50_000 + 10*5_000,
				skipped: 2, late: histogram{{0.001, 110}, {inf, 110}},
			}, at.Add(time.Second),
		},
		{
			exposition{
				series: 3600, connections: 3,
				probes: 510, allocations: 7_000 + 2*1_000 + 410*40, allocated: 1_000_000 + 2*50_000 + 410*5_000,
				skipped: 5, late: histogram{{0.001, 510}, {inf, 510}},
			}, at.Add(41 * time.Second),
		},
	}
	var got figures
	got.takeScraped(&told)
	want := figures{
		probes: 10, allocations: 40, allocated: 5_000, late50: 500 * time.Microsecond, late99: 990 * time.Microsecond,
		skipped: 3, series: 3600, connections: 3,
	}
	compare := cmp.Options{cmp.AllowUnexported(figures{}, scrapeCost{}), cmpopts.EquateApprox(0, 1e-9)}
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Error(diff)
	}
}

func TestWhoUsedTheProcessors(t *testing.T) {
	before := spent{
		exporter: times{time.Second, time.Second}, simulator: times{2 * time.Second, 0}, own: times{time.Second, 0}, machine: 100 * time.Second,
	}
	after := spent{
		exporter: times{4 * time.Second, 2 * time.Second}, simulator: times{12 * time.Second, 0}, own: times{2 * time.Second, 0}, machine: 120 * time.Second,
	}
	got := figures{probes: 100}
	got.takeSpent(before, after, 40*time.Second)
	want := figures{probes: 100, cpu: time.Millisecond, system: 0.25, simulator: 0.25, others: 0.125}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(figures{}, scrapeCost{})); diff != "" {
		t.Error(diff)
	}
}
