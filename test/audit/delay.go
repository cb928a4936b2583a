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
func (c *comparison) maxDelay(s period) time.Duration {
	stands, ends := c.verdictAt(s.from), s.from
	for _, v := range c.verdicts {
		if v.EndedAt.After(s.from) && c.probeStart(v).Before(s.from) {
			stands, ends = v, v.EndedAt
		}
	}
	d := c.maxRequestGap(stands, s, ends)
	if notConnected := fault.FromPlugin(785).Reason; slices.Equal(s.reasons, []string{notConnected}) && isSpecificHostReason(stands.Reason) {
		d = minDisconnectedResponses * backoffLimit(faultByReason(stands.Reason).Backoff, c.Parameters)
	}
	return ends.Sub(s.from) + d + c.MaxProbeDuration
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
func (c *comparison) maxRequestGap(stands Verdict, s period, from time.Time) time.Duration {
	f := faultByReason(stands.Reason)
	if f.Layer == fault.Host && !s.allows("") && faultByReason(s.reasons[0]).Layer <= fault.Plugin {
		return c.Interval // ping continues at the interval
	}
	most := backoffLimit(f.Backoff, c.Parameters)
	if f.Backoff == fault.BackoffShort || f.Backoff == fault.BackoffLong {
		// Backoff doubles from the interval, so that it is at most the time since the fault began plus two intervals.
		most = min(most, from.Sub(c.layerFailedSince(stands))+2*c.Interval)
	}
	return most
}

// layerFailedSince returns when the layer of a verdict started to fail.
func (c *comparison) layerFailedSince(v Verdict) time.Time {
	since := v.EndedAt
	for _, said := range slices.Backward(c.verdicts) {
		if said.EndedAt.After(v.EndedAt) {
			continue
		}
		if faultByReason(said.Reason).Layer != faultByReason(v.Reason).Layer {
			break
		}
		since = said.EndedAt
	}
	return since
}

func backoffLimit(p fault.Backoff, t Parameters) time.Duration {
	switch p {
	case fault.BackoffShort:
		return max(t.Interval, shortBackoffLimit)
	case fault.BackoffLong:
		return max(t.Interval, longBackoffLimit)
	case fault.BackoffRetryAfter:
		return t.RetryAfter + t.Interval
	}
	return t.Interval
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
