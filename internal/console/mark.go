package console

import (
	"strings"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// look is how a mark is drawn: a sign and a colour, each of which tells it apart.
type look struct{ sign, colour string }

// underWay stands where what is known of a layer is being found out.
const underWay view.Mark = ""

var looks = map[view.Mark]look{
	view.Up:      {"✓", good},
	view.Down:    {"✗", bad},
	view.Unknown: {"·", quiet},
	underWay:     {"…", active},
}

// sign draws a mark.
func (s Style) sign(m view.Mark) string { return s.paint(looks[m].colour, looks[m].sign) }

// marks are the signs of all layers, nearest first.
func (s Style) marks(of *probe.Status, now time.Time) string {
	var b strings.Builder
	for _, m := range view.Marks(of, now) {
		b.WriteString(s.sign(m))
	}
	return b.String()
}
