package console

import (
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// ProbeProgress is how far a probe has come.
type ProbeProgress struct {
	Request probe.Request // in flight; 0: none was sent yet
	Phase   probe.Phase
	Elapsed time.Duration
	Status  *probe.Status // after the earlier requests of the probe; nil during the first one
}

// ProbeLines draws the layers as far as they are known, one line each, no wider than the terminal.
func (s Style) ProbeLines(name string, p ProbeProgress, now time.Time) []string {
	lines := []string{s.paint(strong, s.clip(name)), ""}
	current := fault.Network
	if p.Phase >= probe.Waiting { // the edge is reached; which layer behind it fails is known only at the end
		current = fault.Service
	}
	for _, l := range fault.Layers {
		mark, text := view.Unknown, ""
		switch {
		case p.Status != nil:
			mark = view.MarkOf(p.Status, l, now)
		case l < current:
			mark = view.Up
		case l == current:
			mark, text = inProgress, s.requestProgress(p)
		}
		lines = append(lines, strings.TrimRight(s.layerLine(mark, l, text), " \n"))
	}
	if p.Status != nil {
		lines = append(lines, "", "  "+s.sign(inProgress)+" "+s.requestProgress(p))
	}
	return lines
}

// layerIndent is the width of sign, layer and mark in a line, in columns.
const layerIndent = 22

// requestProgress is the request in flight with its phase.
func (s Style) requestProgress(p ProbeProgress) string {
	text := fmt.Sprintf("%s: %s", p.Request, p.Phase)
	if p.Request == 0 {
		text = "queued"
	}
	s.Width = max(0, s.Width-layerIndent)
	return s.clip(fmt.Sprintf("%s, %.1f s", text, p.Elapsed.Seconds()))
}

// FleetProgress is the line shown while several printers are probed. slowest is the printer that is left; "" while there
// are several.
func (s Style) FleetProgress(probed, faulty, total int, slowest string) string {
	text := fmt.Sprintf("probed %d of %d", probed, total)
	if faulty > 0 {
		text += fmt.Sprintf(", %d with a fault", faulty)
	}
	if slowest != "" {
		text += ", waiting for " + slowest
	}
	return s.paint(quiet, s.clip(text))
}
