package probe

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// Limits of the time between two status requests under backoff, and the shortest time between two info requests.
const (
	shortBackoffLimit = 5 * time.Minute
	longBackoffLimit  = 30 * time.Minute
	infoInterval      = 5 * time.Minute
)

// wakingDuration is for how long after a print may be lost there is no backoff; see Status.wakesForPrint.
const wakingDuration = 15 * time.Minute

// Plan returns the next request and when it may run: at the printer's first scheduled time after notBefore, or at once if
// that is zero. It is pure.
//
// The request is status. While a host fault is active and its backoff has not elapsed, it is ping where that is supported: a
// ping does not wake the plugin's reconnect loop and still checks the layers before the host.
func (s *Status) Plan(now time.Time) (q Request, notBefore time.Time) {
	if s.pingsDuringBackoff() && !now.After(s.statusDue) {
		return PingRequest, s.sent
	}
	return StatusRequest, s.statusDue
}

// pingsDuringBackoff reports whether ping is requested at the interval while status backs off.
func (s *Status) pingsDuringBackoff() bool {
	return s.endpointFault.Layer == fault.Host && s.noPing == 0
}

// StatusInterval returns the time between two status requests, including backoff.
func (s *Status) StatusInterval() time.Duration { return s.layerInterval(fault.Host) }

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
	switch {
	case r.RetryAfter > 0:
		s.waitFor(r)
		return
	case r.Request == PingRequest && s.endpointFault.Layer > PingRequest.Proves():
		return // a ping says nothing about the active fault, so its backoff continues
	}
	s.backoff = s.nextBackoff(s.backoffLimit(r.Ended()), before)
	// Minus one interval: the next scheduled time after statusDue is then exactly s.backoff after this request's.
	s.statusDue = r.Sent.Add(s.backoff - s.Interval)
}

// waitFor delays status as the response's Retry-After says.
func (s *Status) waitFor(r Result) {
	wait := min(r.RetryAfter, longBackoffLimit)
	s.backoff = max(s.Interval, wait)
	s.statusDue = r.Ended().Add(wait)
}

// backoffLimit returns how long the backoff of the active fault may become.
func (s *Status) backoffLimit(now time.Time) time.Duration {
	switch {
	case s.wakesForPrint(now):
		return s.Interval
	case s.Fault.Backoff == fault.BackoffShort:
		return shortBackoffLimit
	case s.Fault.Backoff == fault.BackoffLong:
		return longBackoffLimit
	}
	return s.Interval
}

// wakesForPrint reports whether status is requested at the interval though the host is lost: a print may be lost since less
// than fifteen minutes, and it is better to wake the plugin's reconnect loop than to leave it alone.
func (s *Status) wakesForPrint(now time.Time) bool {
	return s.LostDuringPrint() && slices.Contains(wakingReasons[:], s.Fault.Reason) && now.Sub(s.Print.LostSince) < wakingDuration
}

// wakingReasons are the faults for which wakesForPrint holds: those that a reconnect may end.
var wakingReasons = [...]string{hostDisconnected.Reason, tooManyClients.Reason, fault.HostUnresponsive.Reason}

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
	if !s.asksInfo || now.Before(s.infoDue) {
		return false
	}
	return s.infoSent.IsZero() || s.serviceOrPluginFails() && !s.infoInFailure || now.Sub(s.infoSent) >= infoInterval
}

// serviceOrPluginFails reports whether the fault is one that info knows more about.
func (s *Status) serviceOrPluginFails() bool {
	return s.endpointFault.Layer == fault.Service || s.endpointFault.Layer == fault.Plugin
}
