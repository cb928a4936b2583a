package web

import (
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// mark is what is known of a layer: a word for people, and the class that gives the word its colour and shape.
type mark string

const (
	markUp      mark = "up"
	markDown    mark = "down"
	markUnknown mark = "unknown"
)

func markOf(s *probe.Status, l fault.Layer, now time.Time) mark {
	switch up, known := s.Layer(l, now); {
	case !known:
		return markUnknown
	case up:
		return markUp
	default:
		return markDown
	}
}

// marks are those of all layers, nearest first.
func marks(s *probe.Status, now time.Time) [len(fault.Layers)]mark {
	var m [len(fault.Layers)]mark
	for i, l := range fault.Layers {
		m[i] = markOf(s, l, now)
	}
	return m
}
