package view

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/probe"
)

// Datum is a number of a status, in words.
type Datum struct {
	Field        probe.Field
	Label, Value string
	InSummary    bool // also in the one line of the terminal
}

// Data are the numbers of a status that are valid now, in the order of the field table. The unit decides the format. A
// target temperature is shown with the measured one, and the total of layers with the layer.
func Data(s *probe.Status, now time.Time) []Datum {
	var data []Datum
	for field, v := range s.Numbers(now) {
		if field.TargetOf != 0 || field.Field == probe.Layers {
			continue
		}
		d := Datum{Field: field.Field, Label: field.Label}
		switch field.Unit {
		case probe.UnitRatio:
			d.Value = percent(v)
		case probe.UnitSeconds:
			d.Value = Length(seconds(v))
		case probe.UnitBool:
			d.Value = YesNo(v != 0)
		case probe.UnitCelsius:
			d.Value, d.InSummary = temperature(s, field.Field, v, now), true
		case probe.UnitCount:
			d.Value, d.InSummary = fmt.Sprintf("%.0f", v), true
			if total, known := s.Number(probe.Layers, now); known && field.Field == probe.Layer {
				d.Value += fmt.Sprintf(" of %.0f", total)
			}
		default:
			d.Value, d.InSummary = fmt.Sprintf("%.3g", v), true
		}
		data = append(data, d)
	}
	return data
}

// Event is something that happened at a time.
type Event struct {
	Label string
	Time  time.Time
}

// GadgetEvents are what Gadget did during the print in progress.
func GadgetEvents(s *probe.Status, now time.Time) []Event {
	var events []Event
	if t, known := s.GadgetWarning(now); known {
		events = append(events, Event{"Gadget's last warning", t})
	}
	if t, known := s.GadgetPause(now); known {
		events = append(events, Event{"Gadget's last pause", t})
	}
	return events
}

func percent(ratio float64) string { return fmt.Sprintf("%.0f%%", ratio*100) }

// temperature is a measured temperature with its target. A target of 0 means off.
func temperature(s *probe.Status, measured probe.Field, v float64, now time.Time) string {
	for _, sensor := range probe.Sensors() {
		if target, known := s.Number(sensor.Target, now); known && target > 0 && sensor.Actual == measured {
			return fmt.Sprintf("%.0f of %.0f °C", v, target)
		}
	}
	return fmt.Sprintf("%.0f °C", v)
}

// seconds converts a number of seconds to a duration.
func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }
