package view

import (
	"fmt"
	"iter"
	"time"

	"octoeverywhere_exporter/probe"
)

// NumberField is a number of a printer's status: its name in JSON, and how page and terminal show it.
type NumberField struct {
	Field         probe.Field
	JSON          string                                   // name
	Label         string                                   // for people; "" where another row shows the number
	format        func(r *probe.Reading, v float64) string // nil where Label is ""
	whilePrinting bool                                     // known only while a print is in progress
	inSummary     bool                                     // also in the one line of the terminal
}

// NumberFields are all numbers of a status that are shown.
var NumberFields = [...]NumberField{
	{probe.Progress, "print_progress_ratio", "progress", percent, true, false}, // Activity has it
	{probe.Duration, "print_duration_seconds", "print duration", length, true, false},
	{probe.TimeLeft, "print_time_left_seconds", "time left", length, true, false}, // Activity has it
	{probe.Layer, "print_layer", "layer", layerOf, true, true},
	{probe.Layers, "print_layers", "", nil, true, false},
	{probe.HotendActual, "hotend_celsius", "hotend", temperature(probe.HotendTarget), false, true},
	{probe.HotendTarget, "hotend_target_celsius", "", nil, false, false},
	{probe.BedActual, "bed_celsius", "bed", temperature(probe.BedTarget), false, true},
	{probe.BedTarget, "bed_target_celsius", "", nil, false, false},
	{probe.ChamberActual, "chamber_celsius", "chamber", temperature(probe.ChamberTarget), false, true},
	{probe.ChamberTarget, "chamber_target_celsius", "", nil, false, false},
	{probe.GadgetScore, "gadget_score", "Gadget score", score, true, true},
	{probe.GadgetSuppressed, "gadget_suppressed", "Gadget suppressed", yesNo, true, false},
}

func percent(_ *probe.Reading, v float64) string { return fmt.Sprintf("%.0f%%", v*100) }
func length(_ *probe.Reading, v float64) string  { return Length(seconds(v)) }
func score(_ *probe.Reading, v float64) string   { return fmt.Sprintf("%.3g of 10", v) }
func yesNo(_ *probe.Reading, v float64) string   { return YesNo(v != 0) }

func layerOf(r *probe.Reading, layer float64) string {
	if total, known := r.Value(probe.Layers); known {
		return fmt.Sprintf("%.0f of %.0f", layer, total)
	}
	return fmt.Sprintf("%.0f", layer)
}

// temperature formats a temperature together with its target. A target of 0 is off.
func temperature(target probe.Field) func(*probe.Reading, float64) string {
	return func(r *probe.Reading, actual float64) string {
		if goal, known := r.Value(target); known && goal > 0 {
			return fmt.Sprintf("%.0f of %.0f °C", actual, goal)
		}
		return fmt.Sprintf("%.0f °C", actual)
	}
}

// seconds converts a number of a response to a duration.
func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// Numbers yields the numbers that are valid now: none while the host is not up, and those of a print only while one is in
// progress.
func Numbers(s *probe.Status, now time.Time) iter.Seq2[NumberField, float64] {
	return func(yield func(NumberField, float64) bool) {
		if !s.HostUp(now) {
			return
		}
		for _, n := range NumberFields {
			v, known := s.Reading.Value(n.Field)
			if known && (!n.whilePrinting || s.Reading.State.IsPrinting()) && !yield(n, v) {
				return
			}
		}
	}
}

// Datum is a number in words.
type Datum struct {
	Label, Value string
	InSummary    bool // also in the one line of the terminal
}

// Data is what Numbers yields, in words.
func Data(s *probe.Status, now time.Time) []Datum {
	var data []Datum
	for n, v := range Numbers(s, now) {
		if n.Label != "" {
			data = append(data, Datum{n.Label, n.format(&s.Reading, v), n.inSummary})
		}
	}
	return data
}
