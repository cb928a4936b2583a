package console

import (
	"strings"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// inProgress marks the layer that a request in flight has reached.
const inProgress view.Mark = ""

// markStyle is how a mark is drawn. Sign and color both distinguish it.
type markStyle struct{ sign, color string }

var markStyles = map[view.Mark]markStyle{
	view.Up:      {"✓", good},
	view.Down:    {"✗", bad},
	view.Unknown: {"·", quiet},
	view.OffMark: {"○", quiet},
	inProgress:   {"…", active},
}

// sign draws a mark.
func (s Style) sign(m view.Mark) string { return s.paint(markStyles[m].color, markStyles[m].sign) }

// signs are those of all layers, nearest first.
func (s Style) signs(status *probe.Status, now time.Time) string {
	var b strings.Builder
	for _, m := range view.Marks(status, now) {
		b.WriteString(s.sign(m))
	}
	return b.String()
}
