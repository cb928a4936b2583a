package audit

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// The longest distances between two questions, by the pause of the fault that stands (docs/codes.md).
const (
	gentle = 5 * time.Minute
	rare   = 30 * time.Minute
)

// doubtful is how many answers in a row it takes until a plugin that is not connected displaces the closer reason that it
// gave before.
const doubtful = 3

// bound is how long a stretch may last unseen: the distance between questions that is in force when it begins, and a probe.
// A probe that was under way then tells of what was before, and its verdict decides when the next one comes.
func (c *comparison) bound(s stretch) time.Duration {
	stands, ends := c.standing(s.from), s.from
	for _, v := range c.said {
		if v.At.After(s.from) && c.asked(v).Before(s.from) {
			stands, ends = v, v.At
		}
	}
	d := c.distance(stands, s, ends)
	if notConnected := fault.FromPlugin(785).Reason; slices.Equal(s.reasons, []string{notConnected}) && closer(stands.Reason) {
		d = doubtful * limit(row(stands.Reason).Backoff, c.Terms)
	}
	return ends.Sub(s.from) + d + c.Probe
}

// asked is when the probe began that showed a verdict, or the earliest that it can have been.
func (c *comparison) asked(v Verdict) time.Time {
	if v.Asked.IsZero() {
		return v.At.Add(-c.Probe)
	}
	return v.Asked
}

func closer(reason string) bool {
	return reason == fault.FromPlugin(787).Reason || reason == fault.FromPlugin(789).Reason
}

// distance is the longest that can pass from a time on until a question shows a stretch, while a verdict stands.
func (c *comparison) distance(stands Verdict, s stretch, from time.Time) time.Duration {
	f := row(stands.Reason)
	if f.Layer == fault.Host && !s.holds("") && row(s.reasons[0]).Layer <= fault.Plugin {
		return c.Interval // ping keeps watch over the layers before the host
	}
	most := limit(f.Backoff, c.Terms)
	if f.Backoff == fault.BackoffShort || f.Backoff == fault.BackoffLong {
		// Distances double from the interval on, so that none is longer than what has passed, and two intervals.
		most = min(most, from.Sub(c.since(stands))+2*c.Interval)
	}
	return most
}

// since is when the layer of a verdict began to be at fault.
func (c *comparison) since(v Verdict) time.Time {
	since := v.At
	for _, said := range slices.Backward(c.said) {
		if said.At.After(v.At) {
			continue
		}
		if row(said.Reason).Layer != row(v.Reason).Layer {
			break
		}
		since = said.At
	}
	return since
}

func limit(p fault.Backoff, t Terms) time.Duration {
	switch p {
	case fault.BackoffShort:
		return max(t.Interval, gentle)
	case fault.BackoffLong:
		return max(t.Interval, rare)
	case fault.BackoffRetryAfter:
		return t.RetryAfter + t.Interval
	}
	return t.Interval
}

// row is the fault of a reason; the zero value for none.
func row(reason string) fault.Fault {
	for _, r := range fault.Rows() {
		if r.Reason == reason {
			return r.Fault
		}
	}
	return fault.Fault{}
}
