package audit

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// The longest intervals between two status requests, by backoff (docs/codes.md). They repeat the limits of probe's
// plan on
// purpose: an audit that derived them from the code under test could not detect a wrong limit.
const (
	shortBackoffLimit = 5 * time.Minute
	longBackoffLimit  = 30 * time.Minute
)

// minDisconnectedResponses is the number of consecutive 785 after which 785 replaces a more specific reason.
const minDisconnectedResponses = 3

// maxDelay returns how long a period may remain undetected: the interval in force at its start, including backoff, plus
// one probe. If a probe is in flight at its start, the verdict of that probe decides when the next one is due.
func (c *comparison) maxDelay(p period) time.Duration {
	inForce, decidedAt := c.verdictAt(p.from), p.from
	for _, v := range c.verdicts {
		if v.EndedAt.After(p.from) && c.probeStart(v).Before(p.from) {
			inForce, decidedAt = v, v.EndedAt
		}
	}
	d := c.maxRequestGap(inForce, p, decidedAt)
	if disconnected := fault.FromPlugin(785).Reason; slices.Equal(p.reasons, []string{disconnected}) && isSpecificHostReason(inForce.Reason) {
		d = minDisconnectedResponses * backoffLimit(faultByReason(inForce.Reason), c.Parameters)
	}
	return decidedAt.Sub(p.from) + d + c.MaxProbeDuration
}

// probeStart returns when the probe of a verdict started, or the earliest possible time.
func (c *comparison) probeStart(v Verdict) time.Time {
	if v.StartedAt.IsZero() {
		return v.EndedAt.Add(-c.MaxProbeDuration)
	}
	return v.StartedAt
}

func isSpecificHostReason(reason string) bool {
	return reason == fault.FromPlugin(787).Reason || reason == fault.FromPlugin(789).Reason
}

// maxRequestGap returns the longest time from from until a request can detect a period, while a verdict is in force.
func (c *comparison) maxRequestGap(inForce Verdict, p period, from time.Time) time.Duration {
	f := faultByReason(inForce.Reason)
	if f.Layer == fault.Host && !p.allows("") && faultByReason(p.reasons[0]).Layer <= fault.Plugin {
		if !pingTells(faultByReason(p.reasons[0])) {
			return 2 * c.Interval // status follows at the next tick
		}
		return c.Interval // ping continues at the interval
	}
	limit := backoffLimit(f, c.Parameters)
	if f.Backoff != fault.BackoffNone && !asksToWait(f) {
		// Backoff doubles from the interval, so that it is at most the time since the fault began plus two intervals.
		limit = min(limit, from.Sub(c.layerFailedSince(inForce))+2*c.Interval)
	}
	return limit
}

// layerFailedSince returns when the layer of a verdict started to fail.
func (c *comparison) layerFailedSince(v Verdict) time.Time {
	since := v.EndedAt
	for _, other := range slices.Backward(c.verdicts) {
		if other.EndedAt.After(v.EndedAt) {
			continue
		}
		if faultByReason(other.Reason).Layer != faultByReason(v.Reason).Layer {
			break
		}
		since = other.EndedAt
	}
	return since
}

// pingTells reports whether a ping that gets this response is evidence by itself: not where the plugin may not know ping.
func pingTells(f fault.Fault) bool {
	switch f.Layer {
	case fault.Network, fault.Access:
		return true
	}
	return slices.Contains([]string{"plugin_offline", "plugin_timeout", "plugin_error", "service_error", "rate_limited", "upstream_error"}, f.Reason)
}

// asksToWait reports whether the relay sends Retry-After with a fault.
func asksToWait(f fault.Fault) bool { return f.Same(fault.FromHTTP(429)) }

func backoffLimit(f fault.Fault, p Parameters) time.Duration {
	switch {
	case asksToWait(f):
		return p.RetryAfter + p.Interval
	case f.Backoff == fault.BackoffShort:
		return max(p.Interval, shortBackoffLimit)
	case f.Backoff == fault.BackoffLong:
		return max(p.Interval, longBackoffLimit)
	}
	return p.Interval
}

// faultByReason returns the fault with a reason; the zero value if there is none.
func faultByReason(reason string) fault.Fault {
	for _, r := range fault.Rows() {
		if r.Reason == reason {
			return r.Fault
		}
	}
	return fault.Fault{}
}
