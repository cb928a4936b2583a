package collector

import (
	"fmt"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/fault"
)

// faultLabels name a fault. Their values come from package fault's table.
var faultLabels = []string{"code", "layer", "reason"}

// verdictRows say which layer failed, why, and how often it did.
func verdictRows() []printerRow {
	layers := byWord(fault.Layers[:])
	return []printerRow{
		{
			name: prefix + "probe_success", kind: dto.MetricType_GAUGE,
			help:   "Whether no fault stood after the last probe (1), or one did (0).",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return bit(v.Success()), v.Probes > 0 }),
		}, {
			name: prefix + "layer_up", kind: dto.MetricType_GAUGE, labels: []string{"layer"},
			help:   "Whether a layer on the way to the printer works (1) or is the first that does not (0).",
			absent: "while it is unknown: the layers behind the one that failed, and those of which nothing was heard for three intervals",
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
			help:   "Faults that the printer has met: 1 for the one that stands, 0 for earlier ones.",
			absent: beforeMet,
			read: met(func(v *view, i int) (float64, bool) {
				return bit(!v.Fault.None() && i == len(v.Errors)-1), true
			}),
		}, {
			name: prefix + "last_error_timestamp_seconds", kind: dto.MetricType_GAUGE, labels: faultLabels,
			help:   "When the fault was last met, in Unix time.",
			absent: beforeMet,
			read:   met(func(v *view, i int) (float64, bool) { return v.unix(v.Errors[i].Last) }),
		}, {
			name: prefix + "probe_errors_total", kind: dto.MetricType_COUNTER, labels: faultLabels,
			help:   "Probes that ended in the fault, since the printer is known to this process.",
			absent: beforeMet,
			read:   met(func(v *view, i int) (float64, bool) { return float64(v.Errors[i].Count), true }),
		}, {
			name: prefix + "probes_total", kind: dto.MetricType_COUNTER,
			help: "Probes made, since the printer is known to this process.",
			read: one(func(v *view) (float64, bool) { return float64(v.Probes), true }),
		}, {
			name: prefix + "verdict_since_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Since when the present verdict stands (a fault, or none), in Unix time.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return v.unix(v.Since) }),
		}, {
			name: prefix + "lost_during_print", kind: dto.MetricType_GAUGE,
			help:   "Whether the printer is unreachable (network to host) and was warming up, printing, paused or resuming when last seen (1), or not (0).",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return bit(v.LostDuringPrint()), v.Probes > 0 }),
		},
	}
}

// When metrics are absent.
const (
	beforeFirst = "before the first probe"
	beforeMet   = "before the fault is met for the first time"
)

// met reads a metric of each fault in the printer's ledger.
func met(value func(v *view, i int) (float64, bool)) func(*view, []sample) []sample {
	return func(v *view, to []sample) []sample {
		for i, m := range v.Errors {
			if f, ok := value(v, i); ok {
				to = append(to, sample{f, [maxLabels]string{m.Code, m.Fault.Layer.String(), m.Fault.Reason}})
			}
		}
		slices.SortFunc(to, func(a, b sample) int { return slices.Compare(a.labels[:], b.labels[:]) })
		return to
	}
}

// byWord sorts what becomes a label value.
func byWord[T fmt.Stringer](all []T) []T {
	return slices.SortedFunc(slices.Values(all), func(a, b T) int { return strings.Compare(a.String(), b.String()) })
}
