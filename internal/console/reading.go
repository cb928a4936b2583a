package console

import (
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// doing is what a printer does, in a few words; "" where that is unknown.
func doing(s *probe.Status, now time.Time) string {
	if !s.HostUp(now) {
		return ""
	}
	does := []string{view.State(s.Reading.State)}
	if s.Reading.State.IsPrinting() {
		if v, known := s.Reading.Value(probe.Progress); known {
			does[0] += fmt.Sprintf(" %.0f%%", v*100)
		}
		if v, known := s.Reading.Value(probe.TimeLeft); known {
			does = append(does, view.Left(v))
		}
	}
	return strings.Join(does, ", ")
}

// details are what else a printer says of itself.
func details(s *probe.Status, now time.Time) []string {
	if !s.HostUp(now) {
		return nil
	}
	var says []string
	r := &s.Reading
	if r.State.IsPrinting() {
		layer, known := r.Value(probe.Layer)
		if of, whole := r.Value(probe.Layers); known && whole {
			says = append(says, fmt.Sprintf("layer %.0f of %.0f", layer, of))
		}
		if v, known := r.Value(probe.GadgetScore); known {
			says = append(says, fmt.Sprintf("Gadget score %.3g of 10", v))
		}
	}
	for _, t := range [...]struct {
		name           string
		actual, target probe.Field
	}{
		{"hotend", probe.HotendActual, probe.HotendTarget},
		{"bed", probe.BedActual, probe.BedTarget},
		{"chamber", probe.ChamberActual, probe.ChamberTarget},
	} {
		actual, known := r.Value(t.actual)
		if !known {
			continue
		}
		text := fmt.Sprintf("%s %.0f °C", t.name, actual)
		if target, heats := r.Value(t.target); heats && target > 0 {
			text = fmt.Sprintf("%s %.0f of %.0f °C", t.name, actual, target)
		}
		says = append(says, text)
	}
	if v := r.PlatformVersion(); v != "" {
		says = append(says, v)
	}
	return says
}
