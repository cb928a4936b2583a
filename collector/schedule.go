package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"
)

// scheduleRows say when the printer was asked and when it will be.
func scheduleRows() []printerRow {
	return []printerRow{
		{
			name: prefix + "probe_duration_seconds", kind: dto.MetricType_GAUGE,
			help:   "How long the last probe took.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return seconds(v.Took), v.Probes > 0 }),
		}, {
			name: prefix + "probe_interval_seconds", kind: dto.MetricType_GAUGE,
			help: "The distance between probes that is in force: the configured interval, or longer while a fault pauses.",
			read: one(func(v *view) (float64, bool) { return seconds(v.EffectiveInterval()), true }),
		}, {
			name: prefix + "next_probe_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "When the next question is due, in Unix time.",
			absent: "while no probe is planned",
			read:   one(func(v *view) (float64, bool) { return v.unix(v.next(v.Status)) }),
		}, {
			name: prefix + "last_probe_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "When the last probe ended, in Unix time.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return v.unix(v.LastProbe) }),
		}, {
			name: prefix + "last_success_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "When a probe last ended without a fault, in Unix time.",
			absent: "before the first probe without a fault",
			read:   one(func(v *view) (float64, bool) { return v.unix(v.LastSuccess) }),
		},
	}
}

// seconds is a duration to the microsecond: what lies below is noise that makes texts long.
func seconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }
