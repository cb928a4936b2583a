package collector

import (
	"strings"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// When metrics that the printer's software tells are absent.
const (
	hostNotUp    = "while the layer host is not up"
	noPrint      = "while no print is under way, or the printer does not say it"
	noScore      = "while no print is under way, or there is no score"
	noSensor     = "while the layer host is not up, or there is no such sensor"
	noConnection = "where the printer has no app token, or the service has not answered for three of its intervals"
)

// stateRows say what the printer is doing, and what it is.
func stateRows() []printerRow {
	states := byWord(probe.States[:])
	return []printerRow{
		{
			name: prefix + "printer_state", kind: dto.MetricType_GAUGE, labels: []string{"state"},
			help:   "The printer's state: 1 for the one it is in, 0 for all others.",
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
			help:   "The platform that the printer runs on and its version, as the plugin names it; always 1.",
			absent: hostNotUp + ", or the plugin does not name it",
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

// jobRows tell of the print that is under way.
func jobRows() []printerRow {
	gauge := func(name, help string, g Group, absent string, f probe.Field) printerRow {
		return printerRow{name: prefix + name, kind: dto.MetricType_GAUGE, group: g, help: help, absent: absent, read: field((*view).job, f)}
	}
	return []printerRow{
		gauge("print_progress_ratio", "How much of the print is done, 0 to 1.", Print, noPrint, probe.Progress),
		gauge("print_duration_seconds", "How long the print has been under way.", Print, noPrint, probe.Duration),
		gauge("print_time_left_seconds", "How long the print will still take, as the printer estimates it.", Print, noPrint, probe.TimeLeft),
		gauge("print_layer", "The layer that is being printed; 1 is the first.", Print, noPrint, probe.Layer),
		gauge("print_layers", "Layers of the whole print.", Print, noPrint, probe.Layers),
		gauge("gadget_score", "Gadget's score of the print: 0 is sure of a failure, 10 is sure of none.", Gadget, noScore, probe.GadgetScore),
		gauge("gadget_suppressed", "Whether the user has silenced Gadget for this print (1), or not (0).", Gadget, noScore, probe.GadgetSuppressed),
	}
}

// temperatureRows tell of the printer's heaters.
func temperatureRows() []printerRow {
	gauge := func(name, help string, bed, chamber, hotend probe.Field) printerRow {
		return printerRow{
			name: prefix + name, kind: dto.MetricType_GAUGE, group: Temperature, labels: []string{"sensor"}, help: help, absent: noSensor,
			read: func(v *view, to []sample) []sample {
				r, ok := v.reading()
				if !ok {
					return to
				}
				for _, sensor := range [...]struct {
					name string
					f    probe.Field
				}{{"bed", bed}, {"chamber", chamber}, {"hotend", hotend}} {
					if celsius, ok := r.Value(sensor.f); ok {
						to = append(to, sample{celsius, [maxLabels]string{sensor.name}})
					}
				}
				return to
			},
		}
	}
	return []printerRow{
		gauge("temperature_celsius", "The temperature that a sensor measures.", probe.BedActual, probe.ChamberActual, probe.HotendActual),
		gauge("temperature_target_celsius", "The temperature that is to be reached; 0 is off.", probe.BedTarget, probe.ChamberTarget, probe.HotendTarget),
	}
}

// connectionRows tell what the service says of the plugin's connection.
func connectionRows() []printerRow {
	connection := func(v *view) (*probe.Reading, bool) { return v.Connected(v.now) }
	gauge := func(name, help string, f probe.Field) printerRow {
		return printerRow{name: prefix + name, kind: dto.MetricType_GAUGE, help: help, absent: noConnection, read: field(connection, f)}
	}
	return []printerRow{
		gauge("connection_online", "Whether the plugin is connected to the service (1), or not (0), as the service says.", probe.ConnectionOnline),
		gauge("connection_last_connect_timestamp_seconds", "When the plugin last connected to the service, in Unix time, as the service says.", probe.LastConnection),
		gauge("connection_last_disconnect_timestamp_seconds", "When the plugin last lost the service, in Unix time, as the service says.", probe.LastDisconnection),
	}
}
