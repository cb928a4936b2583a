package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// The longest distances between two questions for status while a fault pauses, and the shortest between two for info.
const (
	gentleLimit  = 5 * time.Minute
	rareLimit    = 30 * time.Minute
	infoDistance = 5 * time.Minute
)

// Plan says which question comes next, and when it is due: at the printer's first own moment after `due`; at once where
// that is zero. It is pure.
//
// It is status, unless a fault of the host stands and its pause has not passed: then it is ping, which wakes nothing
// and keeps watch over the layers before the host.
func (s *Status) Plan(now time.Time) (q Request, due time.Time) {
	if s.pings() && !now.After(s.statusDue) {
		return PingRequest, s.asked
	}
	return StatusRequest, s.statusDue
}

// pings reports whether ping goes on at the interval while status pauses.
func (s *Status) pings() bool { return s.direct.Layer == fault.Host && !s.noPing }

// EffectiveInterval is the time between two questions that is in force, whichever question is next.
func (s *Status) EffectiveInterval() time.Duration { return s.gap(fault.Network) }

// gap is the distance between two questions that speak of a layer.
func (s *Status) gap(l fault.Layer) time.Duration {
	if l <= PingRequest.Proves() && s.pings() {
		return s.Interval
	}
	return max(s.Interval, s.distance)
}

// pace decides after r how long status pauses; before is the fault that stood until then.
func (s *Status) pace(r Result, before fault.Fault) {
	if r.Request == PingRequest && s.direct.Layer > PingRequest.Proves() {
		return // ping says nothing of the fault that stands, and its pause goes on
	}
	limit := s.Interval
	switch s.Fault.Backoff {
	case fault.BackoffShort:
		limit = gentleLimit
	case fault.BackoffLong:
		limit = rareLimit
	case fault.BackoffRetryAfter:
		if r.RetryAfter > 0 {
			s.distance = max(s.Interval, min(r.RetryAfter, rareLimit))
			s.statusDue = r.Ended().Add(s.distance)
			return
		}
		limit = gentleLimit
	}
	s.distance = s.wider(limit, before)
	// The first own moment after this lies a whole distance after the one at which was asked.
	s.statusDue = r.Asked.Add(s.distance - s.Interval)
}

// wider is the next distance of status: twice the last one while a layer's fault lasts, up to limit, in whole intervals.
func (s *Status) wider(limit time.Duration, before fault.Fault) time.Duration {
	if limit <= s.Interval {
		return s.Interval
	}
	last := s.Interval
	if before.Layer == s.Fault.Layer {
		last = max(last, s.distance)
	}
	next := min(2*last, limit)
	return next - next%s.Interval
}

// wantsInfo reports whether the probe under way asks info as well: at most every five minutes, and once more when the
// service or the plugin has begun to fail.
func (s *Status) wantsInfo(now time.Time) bool {
	if !s.asksInfo {
		return false
	}
	return s.infoAsked.IsZero() || s.failsBehind() && !s.infoInFailure || now.Sub(s.infoAsked) >= infoDistance
}

// failsBehind reports whether what fails is the service or the plugin, of which info knows more.
func (s *Status) failsBehind() bool {
	return s.direct.Layer == fault.Service || s.direct.Layer == fault.Plugin
}
