package collector

import dto "github.com/prometheus/client_model/go"

// offRows define which printers are off on purpose: by their switch, or in the configuration.
func offRows() []printerRow {
	return []printerRow{
		{
			name: prefix + "switched_off", kind: dto.MetricType_GAUGE,
			help:   "Whether the printer is unreachable and known to have been idle (1), as after it was switched off, or not (0): code 785, and 601 with plugin_shares_power.",
			absent: beforeSeen,
			read:   one(func(v *view) (float64, bool) { return bit(v.SwitchedOff()), v.Seen() }),
		}, {
			name: prefix + "printer_enabled", kind: dto.MetricType_GAUGE, disabledToo: true,
			help: "Whether the printer is probed (1) or disabled in the configuration (0). A disabled printer has no other series.",
			read: one(func(v *view) (float64, bool) { return bit(!v.Disabled), true }),
		},
	}
}

// beforeSeen is when metrics that need a status are absent.
const beforeSeen = "before a status was seen"
