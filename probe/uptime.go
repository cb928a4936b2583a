package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Uptime is how long a layer was up and down, as far as that is known.
type Uptime struct{ Up, Down time.Duration }

// Ratio returns the part of the known time in which the layer was up; known is false where nothing is known.
func (u Uptime) Ratio() (ratio float64, known bool) {
	all := u.Up + u.Down
	if all <= 0 {
		return 0, false
	}
	return float64(u.Up) / float64(all), true
}

// UptimeOf returns the uptime of each layer within [since, until). The periods are sorted, the oldest first: each ends when
// the next one begins, the last one at until. While a fault is active, layers before its own are up, its own is down, and
// nothing is known of the layers after it. Without one all layers are up.
func UptimeOf(periods []Verdict, since, until time.Time) (layers [fault.Printer + 1]Uptime) {
	for i, v := range periods {
		begin, end := v.Since, until
		if i+1 < len(periods) && periods[i+1].Since.Before(until) {
			end = periods[i+1].Since
		}
		if begin.Before(since) {
			begin = since
		}
		length := end.Sub(begin)
		if v.Unknown || length <= 0 {
			continue
		}
		for _, l := range fault.Layers {
			switch {
			case v.Fault.None() || l < v.Fault.Layer:
				layers[l].Up += length
			case l == v.Fault.Layer:
				layers[l].Down += length
			}
		}
	}
	return layers
}
