package console

import (
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// mark is what is known of a layer: a sign, a word and a colour, each of which tells it apart.
type mark struct{ sign, word, colour string }

var (
	up       = mark{"✓", "up", good}
	down     = mark{"✗", "down", bad}
	unknown  = mark{"·", "unknown", quiet}
	underWay = mark{"…", "", active}
)

func markOf(s *probe.Status, l fault.Layer, now time.Time) mark {
	switch works, known := s.Layer(l, now); {
	case !known:
		return unknown
	case works:
		return up
	}
	return down
}

// marks are the signs of all layers, nearest first.
func (s Style) marks(of *probe.Status, now time.Time) string {
	var b strings.Builder
	for _, l := range fault.Layers {
		m := markOf(of, l, now)
		b.WriteString(s.paint(m.colour, m.sign))
	}
	return b.String()
}
