package view

import (
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// Mark is the state of a layer in a word.
type Mark string

// The marks.
const (
	Up      Mark = "up"
	Down    Mark = "down"
	Unknown Mark = "unknown"
	OffMark Mark = "off" // down, because the printer is switched off
)

// MarkOf is the mark of a printer's layer.
func MarkOf(s *probe.Status, l fault.Layer, now time.Time) Mark {
	switch up, known := s.Layer(l, now); {
	case !known:
		return Unknown
	case up:
		return Up
	case s.SwitchedOff():
		return OffMark
	}
	return Down
}

// Marks are the marks of all layers, nearest first.
func Marks(s *probe.Status, now time.Time) [len(fault.Layers)]Mark {
	var marks [len(fault.Layers)]Mark
	for i, l := range fault.Layers {
		marks[i] = MarkOf(s, l, now)
	}
	return marks
}
