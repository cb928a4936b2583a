package audit

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// The longest distances between two questions, by the pause of the fault that stands (docs/codes.md).
const (
	shortBackoffLimit = 5 * time.Minute
	longBackoffLimit  = 30 * time.Minute
)

// doubtful is how many answers in a row it takes until a plugin that is not connected displaces the closer reason that it
// gave before.
const minDisconnectedResponses = 3

// bound is how long a stretch may last unseen: the distance between questions that is in force when it begins, and a probe.
// A probe that was under way then tells of what was before, and its verdict decides when the next one comes.
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

// asked is when the probe began that showed a verdict, or the earliest that it can have been.
func (c *comparison) probeStart(v Verdict) time.Time {
	if v.StartedAt.IsZero() {
		return v.EndedAt.Add(-c.MaxProbeDuration)
	}
	return v.StartedAt
}

func isSpecificHostReason(reason string) bool {
	return reason == fault.FromPlugin(787).Reason || reason == fault.FromPlugin(789).Reason
}

// distance is the longest that can pass from a time on until a question shows a stretch, while a verdict stands.
func (c *comparison) maxRequestGap(stands Verdict, s period, from time.Time) time.Duration {
	f := faultByReason(stands.Reason)
	if f.Layer == fault.Host && !s.allows("") && faultByReason(s.reasons[0]).Layer <= fault.Plugin {
		return c.Interval // ping keeps watch over the layers before the host
	}
	most := backoffLimit(f.Backoff, c.Parameters)
	if f.Backoff == fault.BackoffShort || f.Backoff == fault.BackoffLong {
		// Distances double from the interval on, so that none is longer than what has passed, and two intervals.
		most = min(most, from.Sub(c.layerFailedSince(stands))+2*c.Interval)
	}
	return most
}

// since is when the layer of a verdict began to be at fault.
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

// row is the fault of a reason; the zero value for none.
func faultByReason(reason string) fault.Fault {
	for _, r := range fault.Rows() {
		if r.Reason == reason {
			return r.Fault
		}
	}
	return fault.Fault{}
}
