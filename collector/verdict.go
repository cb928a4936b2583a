package collector

import (
	"fmt"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// faultLabels identify a fault. Their values come from the table of package fault.
var faultLabels = []string{"code", "layer", "reason"}

// When metrics of verdicts are absent.
const (
	beforeFirst = "before the first probe"
	beforeFault = "before the fault first occurs"
)

// verdictRows define which layer fails, why, and how often.
func verdictRows() []printerRow {
	layers := sortedByLabel(fault.Layers[:])
	return []printerRow{
		{
			name: prefix + "probe_success", kind: dto.MetricType_GAUGE,
			help:   "Whether no fault was active after the last probe (1) or one was (0).",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return bit(v.Success()), v.Probed() }),
		}, {
			name: prefix + "layer_up", kind: dto.MetricType_GAUGE, labels: []string{"layer"},
			help:   "Whether a layer on the way to the printer works (1) or is the first that does not (0).",
			absent: "while unknown: layers after the one that failed, and layers without evidence for three intervals",
			read: func(v *view, to []sample) []sample {
				for _, l := range layers {
					if up, known := v.Layer(l, v.now); known {
						to = append(to, sample{bit(up), [maxLabels]string{l.String()}})
					}
				}
				return to
			},
		}, {
			name: prefix + "last_error", kind: dto.MetricType_GAUGE, labels: faultLabels,
			help:   "Faults of the printer: 1 for the active one, 0 for earlier ones.",
			absent: beforeFault,
			read: errorStats(func(v *view, i int) (float64, bool) {
				return bit(!v.Fault.None() && i == len(v.Errors)-1), true
			}),
		}, {
			name: prefix + "last_error_timestamp_seconds", kind: dto.MetricType_GAUGE, labels: faultLabels,
			help:   "Unix time of the last probe with the fault.",
			absent: beforeFault,
			read:   errorStats(func(v *view, i int) (float64, bool) { return v.unix(v.Errors[i].Last) }),
		}, {
			name: prefix + "probe_errors_total", kind: dto.MetricType_COUNTER, created: countedFrom, labels: faultLabels,
			help:   "Total number of probes that ended with the fault.",
			absent: beforeFault,
			read:   errorStats(func(v *view, i int) (float64, bool) { return float64(v.Errors[i].Count), true }),
		}, {
			name: prefix + "probe_failures_total", kind: dto.MetricType_COUNTER, created: countedFrom,
			help: "Total number of probes that ended with any fault. It starts at 0, so increase() counts the first one.",
			read: one(func(v *view) (float64, bool) { return float64(v.Failures), true }),
		}, {
			name: prefix + "probes_total", kind: dto.MetricType_COUNTER, created: countedFrom,
			help: "Total number of probes.",
			read: one(func(v *view) (float64, bool) { return float64(v.Probes), true }),
		}, {
			name: prefix + "last_transition_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time when the status (the active fault, or none) last changed.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return v.unix(v.Since) }),
		},
	}
}

// countedFrom is when the counters of probes began to count.
func countedFrom(s *probe.Status) time.Time { return s.CountedFrom }

// errorStats reads a metric with one series per recorded fault; i is the index in Status.Errors.
func errorStats(value func(v *view, i int) (float64, bool)) func(*view, []sample) []sample {
	return func(v *view, to []sample) []sample {
		for i, stat := range v.Errors {
			if f, ok := value(v, i); ok {
				to = append(to, sample{f, [maxLabels]string{stat.Code, stat.Fault.Layer.String(), stat.Fault.Reason}})
			}
		}
		slices.SortFunc(to, func(a, b sample) int { return slices.Compare(a.labels[:], b.labels[:]) })
		return to
	}
}

// sortedByLabel sorts values by the label values that they become.
func sortedByLabel[T fmt.Stringer](all []T) []T {
	return slices.SortedFunc(slices.Values(all), func(a, b T) int { return strings.Compare(a.String(), b.String()) })
}
