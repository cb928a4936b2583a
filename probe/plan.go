package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Limits of the time between two status requests under backoff, and the shortest time between two info requests.
const (
	shortBackoffLimit = 5 * time.Minute
	longBackoffLimit  = 30 * time.Minute
	infoInterval      = 5 * time.Minute
)

// Plan returns the next request and when it may run: at the printer's first scheduled time after notBefore, or at once if
// that is zero. It is pure.
//
// The request is status. While a host fault is active and its backoff has not elapsed, it is ping: a ping does not wake the
// plugin's reconnect loop and still checks the layers before the host.
func (s *Status) Plan(now time.Time) (q Request, notBefore time.Time) {
	if s.pingsDuringBackoff() && !now.After(s.statusDue) {
		return PingRequest, s.sent
	}
	return StatusRequest, s.statusDue
}

// pingsDuringBackoff reports whether ping is requested at the interval while status backs off.
func (s *Status) pingsDuringBackoff() bool { return s.endpointFault.Layer == fault.Host && !s.noPing }

// EffectiveInterval returns the time between two requests of any kind, including backoff.
func (s *Status) EffectiveInterval() time.Duration { return s.layerInterval(fault.Network) }

// layerInterval returns the time between two requests that reach a layer.
func (s *Status) layerInterval(l fault.Layer) time.Duration {
	if l <= PingRequest.Proves() && s.pingsDuringBackoff() {
		return s.Interval
	}
	return max(s.Interval, s.backoff)
}

// updateBackoff sets the backoff of status after r; before is the previously active fault.
func (s *Status) updateBackoff(r Result, before fault.Fault) {
	if r.Request == PingRequest && s.endpointFault.Layer > PingRequest.Proves() {
		return // a ping says nothing about the active fault, so its backoff continues
	}
	limit := s.Interval
	switch s.Fault.Backoff {
	case fault.BackoffShort:
		limit = shortBackoffLimit
	case fault.BackoffLong:
		limit = longBackoffLimit
	case fault.BackoffRetryAfter:
		if r.RetryAfter > 0 {
			s.backoff = max(s.Interval, min(r.RetryAfter, longBackoffLimit))
			s.statusDue = r.Ended().Add(s.backoff)
			return
		}
		limit = shortBackoffLimit
	}
	s.backoff = s.nextBackoff(limit, before)
	// Minus one interval: the next scheduled time after statusDue is then exactly s.backoff after this request's.
	s.statusDue = r.Sent.Add(s.backoff - s.Interval)
}

// nextBackoff doubles the backoff while the active fault's layer stays the same, up to limit, rounded down to whole
// intervals.
func (s *Status) nextBackoff(limit time.Duration, before fault.Fault) time.Duration {
	if limit <= s.Interval {
		return s.Interval
	}
	last := s.Interval
	if before.Layer == s.Fault.Layer {
		last = max(last, s.backoff)
	}
	next := min(2*last, limit)
	return next - next%s.Interval
}

// wantsInfo reports whether the probe in flight also requests info: every five minutes, and once more when the service or
// plugin layer begins to fail.
func (s *Status) wantsInfo(now time.Time) bool {
	if !s.asksInfo {
		return false
	}
	return s.infoSent.IsZero() || s.serviceOrPluginFails() && !s.infoInFailure || now.Sub(s.infoSent) >= infoInterval
}

// serviceOrPluginFails reports whether the fault is one that info knows more about.
func (s *Status) serviceOrPluginFails() bool {
	return s.endpointFault.Layer == fault.Service || s.endpointFault.Layer == fault.Plugin
}
