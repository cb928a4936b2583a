package console

import (
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// Climb is a ladder that is being climbed.
type Climb struct {
	Question probe.Request
	Stage    probe.Phase
	Took     time.Duration // so far
	Known    *probe.Status // after the questions before this one; nil: it is the first
}

// Lines draws the ladder as far as it is climbed, a line each, none of which is wider than the terminal.
func (s Style) Lines(name string, c Climb, now time.Time) []string {
	lines := []string{s.paint(strong, s.clip(name)), ""}
	reached := fault.Network
	if c.Stage >= probe.Waiting { // the edge is reached; who behind it does not answer, only the end tells
		reached = fault.Service
	}
	for _, l := range fault.Layers {
		m, text := view.Unknown, ""
		switch {
		case c.Known != nil:
			m = view.MarkOf(c.Known, l, now)
		case l < reached:
			m = view.Up
		case l == reached:
			m, text = underWay, s.waiting(c)
		}
		lines = append(lines, strings.TrimRight(s.rung(m, l, text), " \n"))
	}
	if c.Known != nil {
		lines = append(lines, "", "  "+s.sign(underWay)+" "+s.waiting(c))
	}
	return lines
}

// rungWidth is what of a line the sign, the layer and the word take.
const rungWidth = 22

// waiting says what is waited for.
func (s Style) waiting(c Climb) string {
	text := fmt.Sprintf("%s: %s", c.Question, c.Stage)
	if c.Question == 0 {
		text = "waiting for its turn"
	}
	s.Width = max(0, s.Width-rungWidth)
	return s.clip(fmt.Sprintf("%s, %.1f s", text, c.Took.Seconds()))
}
