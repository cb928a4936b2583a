package web

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// number is a number that a printer's status can hold: its name in JSON, its name and form for people.
type number struct {
	field    probe.Field
	name     string
	words    string
	say      func(float64) string
	underWay bool // means something only while a print is under way
}

var numbers = [...]number{
	{probe.Progress, "print_progress_ratio", "progress", percent, true},
	{probe.Duration, "print_duration_seconds", "printing for", spoken, true},
	{probe.TimeLeft, "print_time_left_seconds", "time left", spoken, true},
	{probe.Layer, "print_layer", "layer", whole, true},
	{probe.Layers, "print_layers", "layers in all", whole, true},
	{probe.HotendActual, "hotend_celsius", "hotend", degrees, false},
	{probe.HotendTarget, "hotend_target_celsius", "hotend target", degrees, false},
	{probe.BedActual, "bed_celsius", "bed", degrees, false},
	{probe.BedTarget, "bed_target_celsius", "bed target", degrees, false},
	{probe.ChamberActual, "chamber_celsius", "chamber", degrees, false},
	{probe.ChamberTarget, "chamber_target_celsius", "chamber target", degrees, false},
	{probe.GadgetScore, "gadget_score", "Gadget score (0 sure of a failure, 10 sure of none)", short, true},
	{probe.GadgetSuppressed, "gadget_suppressed", "Gadget silenced for this print", asYesNo, true},
}

func percent(v float64) string { return fmt.Sprintf("%.0f%%", v*100) }
func spoken(v float64) string  { return view.Length(seconds(v)) }
func whole(v float64) string   { return fmt.Sprintf("%.0f", v) }
func short(v float64) string   { return fmt.Sprintf("%.3g", v) }
func degrees(v float64) string { return fmt.Sprintf("%.4g °C", v) }

// seconds makes a duration of a number that an answer gave.
func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

func asYesNo(v float64) string { return yesNo(v != 0) }

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// present gives the numbers that count now: none while the host is not up, and those of a print only while there is one.
func present(s *probe.Status, now time.Time) func(yield func(number, float64) bool) {
	return func(yield func(number, float64) bool) {
		if !s.HostUp(now) {
			return
		}
		for _, n := range numbers {
			v, known := s.Reading.Value(n.field)
			if known && (!n.underWay || s.Reading.State.IsPrinting()) && !yield(n, v) {
				return
			}
		}
	}
}
