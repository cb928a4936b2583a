package collector

import (
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// When metrics of responses are absent.
const (
	hostNotUp    = "while the layer host is not up or the last report is older than three intervals"
	noPrint      = "while no print is in progress or the printer does not report it"
	notYet       = noPrint + ", or only that of the print before"
	noScore      = "while no print is in progress, or there is no score of it"
	noSensor     = hostNotUp + "; for sensors that the plugin does not report, or reports as 0 °C"
	noEvent      = "while no print is in progress, or if it did not happen during this print"
	noConnection = "without an app token, or if the last response of the service is older than three intervals"
	overruled    = noConnection + " or contradicted by the plugin"
	noInfo       = "without an app token, or before the first info request"
	noTime       = noConnection + " or says never"
)

// stateRows define what the printer is doing, and what it is.
func stateRows() []printerRow {
	states := sortedByLabel(probe.States[:])
	return []printerRow{
		{
			name: prefix + "printer_state", kind: dto.MetricType_GAUGE, labels: []string{"state"},
			help:   "State of the printer: 1 for the current one, 0 for all others.",
			absent: hostNotUp,
			read: func(v *view, to []sample) []sample {
				r, ok := v.reading()
				if !ok || r.State == 0 {
					return to
				}
				for _, s := range states {
					to = append(to, sample{bit(s == r.State), [maxLabels]string{s.String()}})
				}
				return to
			},
		}, {
			name: prefix + "printer_info", kind: dto.MetricType_GAUGE, labels: []string{"platform_version"},
			help:   "Platform of the printer and its version, as reported by the plugin; always 1.",
			absent: hostNotUp + ", or the plugin does not report it",
			read: func(v *view, to []sample) []sample {
				r, ok := v.reading()
				if !ok || r.PlatformVersion() == "" {
					return to
				}
				return append(to, sample{1, [maxLabels]string{strings.ToValidUTF8(r.PlatformVersion(), "\uFFFD")}})
			},
		},
	}
}

// jobRows define the print in progress.
func jobRows() []printerRow {
	return []printerRow{
		fieldRow("print_progress_ratio", Print, probe.Progress, "Progress of the print, 0 to 1.", notYet),
		fieldRow("print_duration_seconds", Print, probe.Duration, "Duration of the print in progress in seconds.", noPrint+" (Bambu Lab: after a restart of the plugin)"),
		fieldRow("print_time_left_seconds", Print, probe.TimeLeft, "Estimated time until the print is complete, in seconds.", noPrint+"; 0 before the end and -1 are unknown"),
		fieldRow("print_layer", Print, probe.Layer, "Current layer of the print; the first is 1.", notYet),
		fieldRow("print_layers", Print, probe.Layers, "Total number of layers of the print.", notYet),
		fieldRow("gadget_score", Gadget, probe.GadgetScore, "Last score of the print by Gadget, OctoEverywhere's AI failure detection, damped by the plugin. Its scale is not documented: compare it only with earlier values of the same printer.", noScore),
		fieldRow("gadget_suppressed", Gadget, probe.GadgetSuppressed, "Whether the user has silenced Gadget for this print (1) or not (0).", "while no print is in progress, or before the first score"),
		eventRow("gadget_last_pause_timestamp_seconds", "Unix time at which Gadget last paused the print in progress.", (*probe.Status).GadgetPause),
		eventRow("gadget_last_warning_timestamp_seconds", "Unix time at which Gadget last warned about the print in progress.", (*probe.Status).GadgetWarning),
	}
}

// eventRow defines the time at which Gadget did something.
func eventRow(name, help string, at func(*probe.Status, time.Time) (time.Time, bool)) printerRow {
	return printerRow{
		name: prefix + name, kind: dto.MetricType_GAUGE, group: Gadget, help: help, absent: noEvent,
		read: one(func(v *view) (float64, bool) {
			t, known := at(v.Status, v.now)
			if !known {
				return 0, false
			}
			return v.unix(t)
		}),
	}
}

// temperatureRows define the temperatures, one series per sensor.
func temperatureRows(sensors []probe.Sensor) []printerRow {
	sensors = slices.SortedFunc(slices.Values(sensors), func(a, b probe.Sensor) int { return strings.Compare(a.Name, b.Name) })
	gauge := func(name, help string, field func(probe.Sensor) probe.Field) printerRow {
		return printerRow{
			name: prefix + name, kind: dto.MetricType_GAUGE, group: Temperature, labels: []string{"sensor"}, help: help, absent: noSensor,
			read: func(v *view, to []sample) []sample {
				for _, sensor := range sensors {
					if celsius, ok := v.Number(field(sensor), v.now); ok {
						to = append(to, sample{celsius, [maxLabels]string{sensor.Name}})
					}
				}
				return to
			},
		}
	}
	return []printerRow{
		gauge("temperature_celsius", "Measured temperature in degrees Celsius. The sensor hotend is that of the active tool (Moonraker since plugin 5.3.0) or of tool 0 (OctoPrint). Bambu Lab plugins before 5.3.1 report a chamber that some printers do not have.", func(s probe.Sensor) probe.Field { return s.Actual }),
		gauge("temperature_target_celsius", "Target temperature in degrees Celsius; 0 means off.", func(s probe.Sensor) probe.Field { return s.Target }),
	}
}

// connectionRows define what the service reports about the plugin's connection.
func connectionRows() []printerRow {
	return []printerRow{
		fieldRow("connection_online", "", probe.ConnectionOnline, "Whether the plugin is connected to the service (1) or not (0), according to the service.", overruled),
		fieldRow("connection_last_connect_timestamp_seconds", "", probe.LastConnection, "Unix time when the plugin last connected to the service.", noTime),
		fieldRow("connection_last_disconnect_timestamp_seconds", "", probe.LastDisconnection, "Unix time when the plugin last disconnected from the service.", noTime),
		{
			name: prefix + "info_success", kind: dto.MetricType_GAUGE,
			help:   "Whether the last info request succeeded (1) or not (0).",
			absent: noInfo,
			read: one(func(v *view) (float64, bool) {
				f, known := v.Info()
				return bit(f.None()), known
			}),
		},
	}
}
