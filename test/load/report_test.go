package main

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	o := options{interval: 15 * time.Second, window: 45 * time.Second, warmup: 30 * time.Second, faults: "hang=0.2", serveFlags: []string{"--runtime.gomaxprocs=2"}}
	f := measurement{
		printers: 10_000, probesPerSecond: 666.7, cpuPerProbe: 151_234 * time.Nanosecond, systemRatio: 0.416, allocationsPerProbe: 41.23, bytesPerProbe: 5432.1,
		meanResident: 80e6, maxResident: 91e6, descriptors: 14, connections: 4,
		startDelayP50: 600 * time.Microsecond, startDelayP99: 2400 * time.Microsecond, jitterP99: 12_340 * time.Microsecond,
		missedProbes: 1, skippedProbes: 2, simulatorCPUs: 0.31, otherCPUs: 0.02, series: 359_000,
		scrapes: [len(scrapeKinds)]scrapeCost{
			{40e6, 100 * time.Millisecond, 120 * time.Millisecond, 95e6},
			{2e6, 200 * time.Millisecond, 220 * time.Millisecond, 96e6},
			{2.1e6, 210 * time.Millisecond, 230 * time.Millisecond, 97e6},
			{2e6, 250 * time.Millisecond, 270 * time.Millisecond, 98e6},
			{2.2e6, 300 * time.Millisecond, 1320 * time.Millisecond, 123_456_789},
		},
	}
	want := fmt.Sprintf("%s on %s/%s, %d CPUs;", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU()) +
		` interval 15s, latency 50ms-300ms, window 45s after 30s; a host name per printer.
Faults: ¬hang=0.2¬.
Flags of serve: ¬--runtime.gomaxprocs=2¬.

| printers | probes per second | CPU per probe, µs | in the kernel | allocations per probe | bytes allocated per probe | resident mean / max, MB | connections | descriptors | start delay p50 / p99, ms | interval jitter p99, ms | missed | skipped | CPUs busy: relay / others |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 10,000 | 667 | 151 | 42 % | 41.2 | 5,432 | 80.0 / 91.0 | 4 | 14 | 0.60 / 2.40 | 12.3 | 1 | 2 | 0.31 / 0.02 |

Per scrape: size in MB, CPU in ms, duration in ms, maximum resident MB.

| printers | series | CPU per series of text, µs | text | text, gzip | OpenMetrics, gzip | ten concurrent: text, gzip | protobuf, gzip |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 10,000 | 359,000 | 0.28 | 40.0, 100, 120, 95.0 | 2.00, 200, 220, 96.0 | 2.10, 210, 230, 97.0 | 2.00, 250, 270, 98.0 | 2.20, 300, 1,320, 123 |
`
	if diff := cmp.Diff(strings.ReplaceAll(want, "¬", "`"), formatReport(o, []measurement{f})); diff != "" {
		t.Error(diff)
	}
}

func TestFormatNumber(t *testing.T) {
	got := map[float64]string{}
	want := map[float64]string{
		0: "0.00", 0.456: "0.46", 9.87: "9.87", 12.34: "12.3", 123.4: "123", 1234.5: "1,235", 12_345_678: "12,345,678", -0.01: "-0.01",
	}
	for v := range want {
		got[v] = formatNumber(v)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormatInt(t *testing.T) {
	got := map[int]string{}
	want := map[int]string{0: "0", 999: "999", 1000: "1,000", 999_999: "999,999", 1_000_000: "1,000,000", -12_345: "-12,345", -999: "-999"}
	for n := range want {
		got[n] = formatInt(n)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
