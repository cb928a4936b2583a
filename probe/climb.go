package probe

import (
	"context"
	"time"
)

// Climb makes one probe: it asks q, and what follows from it, and gives each question's result. All questions together
// fit in the interval. What is known before is s; Status.After tells what is known then.
func (t Target) Climb(ctx context.Context, s Status, q Request) []Result {
	begin := time.Now()
	steps := []Result{t.ask(ctx, q, t.firstTimeout())}
	for {
		next, wanted := s.follow(steps, time.Now())
		if wanted && steps[len(steps)-1].Attempt.ErrorKind == TimedOut {
			takeBreath(ctx, min(breath, t.left(begin)/4))
		}
		left := t.left(begin)
		if !wanted || left <= 0 {
			return steps
		}
		s.tellKnown(ctx, steps, next)
		steps = append(steps, t.ask(ctx, next, left))
	}
}

// follow says which question follows in the same probe, false where none does.
func (s Status) follow(steps []Result, now time.Time) (Request, bool) {
	last := steps[len(steps)-1]
	switch {
	case last.Canceled, last.Request == InfoRequest:
		return 0, false
	case last.timedOut() && !s.noPing:
		return PingRequest, true
	case !s.asksInfo:
		return 0, false
	}
	after := s.After(steps)
	return InfoRequest, after.wantsInfo(now)
}

// After is what is known after a probe with these steps. A status that timed out is judged together with its ping.
func (s Status) After(steps []Result) Status {
	for i := 0; i < len(steps); i++ {
		r := steps[i]
		if i+1 < len(steps) && r.timedOut() && steps[i+1].Request == PingRequest {
			i++
			r = r.afterPing(steps[i])
		}
		s = s.Next(r)
	}
	return s
}

// firstTimeout leaves a quarter of the interval to the ping that may follow.
func (t Target) firstTimeout() time.Duration { return min(t.Timeout, t.Interval*3/4) }

// left is the timeout of a further question of a probe. A little of the interval stays free, so that the probe is over
// when the next one is due.
func (t Target) left(begin time.Time) time.Duration {
	return min(t.Timeout, t.Interval-t.Interval/20-time.Since(begin))
}
