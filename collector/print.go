package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// When metrics of the memory of prints are absent.
const (
	noPrintInProgress = "while no print is in progress"
	noPrintLost       = "while no print is lost"
)

// printRows define what is remembered of prints, also while the printer is unreachable, and what the printer's state demands.
func printRows() []printerRow {
	outcomes := sortedByLabel(probe.Outcomes[:])
	return []printerRow{
		{
			name: prefix + "lost_during_print", kind: dto.MetricType_GAUGE,
			help:   "Whether a layer from network to host fails while a print is in progress (1) or not (0).",
			absent: beforeSeen,
			read:   one(func(v *view) (float64, bool) { return bit(v.LostDuringPrint()), v.Seen() }),
		},
		printTimeRow("print_lost_timestamp_seconds", "", "Unix time when the lost print was last seen.", noPrintLost,
			(*probe.Print).Lost, func(p *probe.Print) time.Time { return p.LastSeen }),
		printTimeRow("print_lost_since_timestamp_seconds", "", "Unix time of the first probe that did not reach the printer after the lost print was last seen.", noPrintLost,
			(*probe.Print).Lost, func(p *probe.Print) time.Time { return p.LostSince }),
		printTimeRow("print_start_timestamp_seconds", Print, "Unix time when the print in progress was first seen.", noPrintInProgress,
			(*probe.Print).InProgress, func(p *probe.Print) time.Time { return p.Start }),
		printTimeRow("print_last_progress_timestamp_seconds", Print,
			"Unix time when the progress or the layer of the print in progress last rose, or when the print was first seen.", noPrintInProgress,
			(*probe.Print).InProgress, func(p *probe.Print) time.Time { return p.LastProgress }),
		{
			name: prefix + "prints_total", kind: dto.MetricType_COUNTER, group: Print, labels: []string{"outcome"},
			created: func(s *probe.Status) time.Time { return s.Print.EndedFrom },
			help:    "Total number of prints that ended. Outcomes: complete and cancelled as the printer says, failed (an error, or gone too early after an outage of the printer or of the exporter), vanished (gone without a reason), unknown.",
			read: func(v *view, to []sample) []sample {
				for _, o := range outcomes {
					to = append(to, sample{float64(v.Print.Ended[o]), [maxLabels]string{o.String()}})
				}
				return to
			},
		},
		{
			name: prefix + "printer_attention", kind: dto.MetricType_GAUGE, labels: []string{"kind"},
			help:   "Why the printer is paused or in error: 1 for one kind.",
			absent: hostNotUp + ", or the state is neither error nor paused; for all other kinds",
			read: func(v *view, to []sample) []sample {
				r, ok := v.reading()
				if !ok {
					return to
				}
				if kind := r.Attention(); kind != 0 {
					to = append(to, sample{1, [maxLabels]string{kind.String()}})
				}
				return to
			},
		},
		{
			name: prefix + "printer_state_since_timestamp_seconds", kind: dto.MetricType_GAUGE,
			help:   "Unix time of the first response with the current state of the printer.",
			absent: hostNotUp,
			read: one(func(v *view) (float64, bool) {
				if _, ok := v.reading(); !ok {
					return 0, false
				}
				return v.unix(v.StateSince)
			}),
		},
	}
}

// printTimeRow defines a time of the print in progress.
func printTimeRow(name string, g Group, help, absent string, exists func(*probe.Print) bool, at func(*probe.Print) time.Time) printerRow {
	return printerRow{
		name: prefix + name, kind: dto.MetricType_GAUGE, group: g, help: help, absent: absent,
		read: one(func(v *view) (float64, bool) {
			if !exists(&v.Print) {
				return 0, false
			}
			return v.unix(at(&v.Print))
		}),
	}
}
