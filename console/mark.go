package console

import (
	"strings"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/words"
)

// look is how a mark is drawn: a sign and a colour, each of which tells it apart.
type look struct{ sign, colour string }

// underWay stands where what is known of a layer is being found out.
const underWay words.Mark = ""

var looks = map[words.Mark]look{
	words.Up:      {"✓", good},
	words.Down:    {"✗", bad},
	words.Unknown: {"·", quiet},
	underWay:      {"…", active},
}

// sign draws a mark.
func (s Style) sign(m words.Mark) string { return s.paint(looks[m].colour, looks[m].sign) }

// marks are the signs of all layers, nearest first.
func (s Style) marks(of *probe.Status, now time.Time) string {
	var b strings.Builder
	for _, m := range words.Marks(of, now) {
		b.WriteString(s.sign(m))
	}
	return b.String()
}
