package main

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetricsAreRead(t *testing.T) {
	const text = `# HELP go_memstats_mallocs_total Total number of heap objects allocated.
# TYPE go_memstats_mallocs_total counter
go_memstats_mallocs_total 5.1102e+07
go_memstats_alloc_bytes_total 1.4637024e+09
octoeverywhere_probes_total{printer="a b",site="x"} 3
octoeverywhere_probes_total{printer="c",site="le=\"1\"} 2"} 4
octoeverywhere_probes_total{printer="d",site=""} 0
octoeverywhere_probe_success{printer="a b",site="x"} 1
octoeverywhere_exporter_connections_open 2
octoeverywhere_exporter_probes_skipped_total 1
octoeverywhere_exporter_probe_start_delay_seconds_bucket{le="0.001"} 5
octoeverywhere_exporter_probe_start_delay_seconds_bucket{le="+Inf"} 7
octoeverywhere_exporter_probe_start_delay_seconds_sum 0.5
`
	want := exposition{
		series: 11, probes: 7, probed: 2, allocations: 51_102_000, allocated: 1_463_702_400, connections: 2, skipped: 1,
		late: histogram{{0.001, 5}, {math.Inf(1), 7}},
	}
	got, err := readExposition(strings.NewReader(text))
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(exposition{}, bucket{})); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestMetricsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"octoeverywhere_probes_total{} many\n": `metrics: octoeverywhere_probes_total: strconv.ParseFloat: parsing "many": invalid syntax`,
		lateName + "{le=\"late\"} 1\n":         `metrics: octoeverywhere_exporter_probe_start_delay_seconds_bucket{le="late"}: no bound of a bucket`,
		"go_memstats_mallocs_total\n":          "",
	} {
		if _, err := readExposition(strings.NewReader(text)); textOf(err) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
