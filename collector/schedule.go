package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"
)

// scheduleRows are about when the printer was probed and when it will be.
func scheduleRows() []printerRow {
	return []printerRow{
		{
			name: prefix + "probe_duration_seconds", kind: dto.MetricType_GAUGE,
			help:   "Duration of the last probe in seconds.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return seconds(v.Took), v.Probed() }),
		}, {
			name: prefix + "probe_interval_seconds", kind: dto.MetricType_GAUGE,
			help: "Current probe interval in seconds, including backoff.",
			read: one(func(v *view) (float64, bool) { return seconds(v.EffectiveInterval()), true }),
		}, {
			name: prefix + "next_probe_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time when the next request is due.",
			absent: "while no probe is planned",
			read:   one(func(v *view) (float64, bool) { return v.unix(v.next(v.Status)) }),
		}, {
			name: prefix + "last_probe_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time when the last probe ended.",
			absent: beforeFirst,
			read:   one(func(v *view) (float64, bool) { return v.unix(v.LastProbe) }),
		}, {
			name: prefix + "last_success_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time when a probe last ended without a fault.",
			absent: "before the first probe without a fault",
			read:   one(func(v *view) (float64, bool) { return v.unix(v.LastSuccess) }),
		},
	}
}

// seconds is a duration to the microsecond: more digits are noise that makes expositions longer.
func seconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }
