package main

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestScrapesAreSubtractedFromProbes: both intervals contain a scrape of 1,000 allocations and 50,000 bytes; a probe has
// 40 allocations and 5,000 bytes.
func TestScrapesAreSubtractedFromProbes(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	inf := math.Inf(1)
	scrapes := [3]timedScrape{
		{metricsPage{probes: 100, allocations: 7_000, allocatedBytes: 1_000_000}, at},
		{
			metricsPage{
				probes: 110, allocations: 7_000 + 1_000 + 10*40, allocatedBytes: 1_000_000 + 50_000 + 10*5_000,
				skipped: 2, startDelay: histogram{{0.001, 110}, {inf, 110}},
			}, at.Add(time.Second),
		},
		{
			metricsPage{
				series: 3600, connections: 3,
				probes: 510, allocations: 7_000 + 2*1_000 + 410*40, allocatedBytes: 1_000_000 + 2*50_000 + 410*5_000,
				skipped: 5, startDelay: histogram{{0.001, 510}, {inf, 510}},
			}, at.Add(41 * time.Second),
		},
	}
	var got measurement
	got.applyScrapes(&scrapes)
	want := measurement{
		probesPerSecond: 10, allocationsPerProbe: 40, bytesPerProbe: 5_000, startDelayP50: 500 * time.Microsecond, startDelayP99: 990 * time.Microsecond,
		skippedProbes: 3, series: 3600, connections: 3,
	}
	compare := cmp.Options{cmp.AllowUnexported(measurement{}, scrapeCost{}), cmpopts.EquateApprox(0, 1e-9)}
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Error(diff)
	}
}

func TestCPUAttribution(t *testing.T) {
	before := cpuSnapshot{
		exporter: cpuTimes{time.Second, time.Second}, simulator: cpuTimes{2 * time.Second, 0}, self: cpuTimes{time.Second, 0}, machine: 100 * time.Second,
	}
	after := cpuSnapshot{
		exporter: cpuTimes{4 * time.Second, 2 * time.Second}, simulator: cpuTimes{12 * time.Second, 0}, self: cpuTimes{2 * time.Second, 0}, machine: 120 * time.Second,
	}
	got := measurement{probesPerSecond: 100}
	got.applyCPU(before, after, 40*time.Second)
	want := measurement{probesPerSecond: 100, cpuPerProbe: time.Millisecond, systemRatio: 0.25, simulatorCPUs: 0.25, otherCPUs: 0.125}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(measurement{}, scrapeCost{})); diff != "" {
		t.Error(diff)
	}
}
