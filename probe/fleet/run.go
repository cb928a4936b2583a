package fleet

import (
	"context"
	"time"

	"octoeverywhere_exporter/probe"
)

// retryDelay is the pause before the next request to a printer after one that timed out: the printer notices the end of the
// first one before.
const retryDelay = 100 * time.Millisecond

// maxOverdue is by how much a request may outlive its timeout. Beyond, the exporter itself was suspended, and the response
// may have come in time.
const maxOverdue = 2 * time.Second

// run makes a probe and records what it found. The printer's slot must be held.
func (f *Fleet) run(ctx context.Context, p *printer, first probe.Request) {
	e, before := p.entry.Load(), p.status.Load()
	if e.Disabled { // by a reload
		return
	}
	results := f.requests(ctx, e, before, first)
	for _, r := range results {
		if !r.Canceled {
			f.options.Observer.Requested(r.Request, r.Took)
		}
	}
	if now := p.entry.Load(); now != e && !now.SameEntry(e.Target) {
		return // a reload has replaced the entry
	}
	old, now := p.update(func(s probe.Status) probe.Status {
		if s.Disabled {
			return s // a reload disabled the printer at the same time
		}
		return s.After(results)
	})
	p.keep(results)
	f.options.Observer.Probed(e.Target, results)
	if !old.Probed() && now.Probed() || !old.Fault.Same(now.Fault) {
		f.options.Observer.Changed(old, now)
	}
	infoBefore, _ := old.Info()
	if infoNow, known := now.Info(); known && !infoBefore.Same(infoNow) {
		f.options.Observer.InfoChanged(old, now)
	}
}

// requests sends the requests of a probe: the first one, and those that follow from it. Together they fit in the interval.
func (f *Fleet) requests(ctx context.Context, e *entry, before *probe.Status, first probe.Request) []probe.Result {
	begin := time.Now()
	results := []probe.Result{f.send(ctx, e, first, firstTimeout(e.Target), nil)}
	for {
		next, wanted := before.Following(results, time.Now())
		if wanted && results[len(results)-1].Attempt.ErrorKind == probe.TimedOut {
			sleep(ctx, min(retryDelay, timeLeft(e.Target, begin)/4))
		}
		left := timeLeft(e.Target, begin)
		if !wanted || left <= 0 {
			return results
		}
		var known *probe.Status
		if f.options.Progress != nil && next != probe.PingRequest { // a ping belongs to the status request before it
			after := before.After(results)
			known = &after
		}
		results = append(results, f.send(ctx, e, next, left, known))
	}
}

// firstTimeout leaves a quarter of the interval for the ping that may follow.
func firstTimeout(t probe.Target) time.Duration { return min(t.Timeout, t.Interval*3/4) }

// timeLeft is the timeout of a further request of a probe. A twentieth of the interval stays free, so that the probe has
// ended when the next one is due.
func timeLeft(t probe.Target, begin time.Time) time.Duration {
	return min(t.Timeout, t.Interval-t.Interval/20-time.Since(begin))
}

// send sends a request and judges its response. known is what is known so far, for Options.Progress.
func (f *Fleet) send(ctx context.Context, e *entry, r probe.Request, timeout time.Duration, known *probe.Status) (result probe.Result) {
	sent := time.Now()
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	x := probe.Exchange{
		Request: e.request(r),
		Judge: func(a probe.Attempt) bool {
			result = e.Result(r, sent, time.Since(sent), a)
			return result.FromAPI()
		},
	}
	if f.options.Progress != nil {
		x.Phase = func(p probe.Phase) { f.options.Progress(Progress{e.Name, r, p, known}) }
	}
	a := e.sender.Send(limited, x)
	if a.Phase != probe.ResponseRead && (ctx.Err() != nil || result.Took > timeout+maxOverdue) {
		return probe.Result{Request: r, Sent: sent, Took: result.Took, Canceled: true, Attempt: result.Attempt}
	}
	return result
}

// keep remembers the results of the last probe, without readings.
func (p *printer) keep(results []probe.Result) {
	kept := make([]probe.Result, len(results))
	for i, r := range results {
		r.Reading = probe.Reading{}
		kept[i] = r
	}
	p.results.Store(&kept)
}

// sleep pauses, at most until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
