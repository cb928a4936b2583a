package probe

import (
	"context"
	"errors"
	"time"
)

// ErrNoSuchPrinter says that no printer of that name is configured.
var ErrNoSuchPrinter = errors.New("no such printer is configured")

// Probe probes a printer at a scheduled tick, if a request is due then. It returns false if the tick was dropped because
// a probe of that printer is in flight.
func (f *Fleet) Probe(ctx context.Context, name string, tick time.Time) bool {
	p, turn, ok := f.find(name)
	if !ok {
		return true
	}
	select {
	case <-turn:
	default:
		_, due := p.status.Load().Plan(tick)
		return !due.Before(tick)
	}
	defer turn.pass()
	if q, due := p.status.Load().Plan(tick); due.Before(tick) {
		f.climb(ctx, p, q)
	}
	return true
}

// ProbeNow requests the printer's status immediately, ignoring backoff. It waits for any in-flight probe of that printer.
func (f *Fleet) ProbeNow(ctx context.Context, name string) (*Status, []Result, error) {
	return f.onTurn(ctx, name, func(*printer) (Request, bool) { return StatusRequest, true })
}

// Current gives a result that is younger than the distance in force, that of the probe under way if there is one, or
// else asks what comes next. So it never asks more than the schedule would, however often it is called.
func (f *Fleet) Current(ctx context.Context, name string) (*Status, []Result, error) {
	return f.onTurn(ctx, name, func(p *printer) (Request, bool) {
		s := p.status.Load()
		now := time.Now()
		q, _ := s.Plan(now)
		return q, s.asked.IsZero() || now.Sub(s.LastProbe) >= s.EffectiveInterval()
	})
}

// onTurn waits for the printer's turn, then asks if want says so.
func (f *Fleet) onTurn(ctx context.Context, name string, want func(*printer) (Request, bool)) (*Status, []Result, error) {
	p, turn, ok := f.find(name)
	if !ok {
		return nil, nil, ErrNoSuchPrinter
	}
	select {
	case <-turn:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	defer turn.pass()
	if q, ask := want(p); ask {
		f.climb(ctx, p, q)
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	return p.status.Load(), p.lastSteps(), nil
}

// climb makes a probe and files what it found. The caller has the printer's turn.
func (f *Fleet) climb(ctx context.Context, p *printer, q Request) {
	f.underWay.Add(1)
	defer f.underWay.Add(-1)
	t := *p.target.Load()
	steps := t.Climb(ctx, *p.status.Load(), q)
	for _, r := range steps {
		if f.hooks.Asked != nil && !r.Canceled {
			f.hooks.Asked(r.Request, r.Took)
		}
	}
	if !p.target.Load().sameEntry(t) {
		return // a reload came in between: this tells of an entry that is no more
	}
	before, after := p.update(func(s Status) Status { return s.After(steps) })
	p.keep(steps)
	if f.hooks.Probed != nil {
		f.hooks.Probed(t, steps)
	}
	if f.hooks.Changed != nil && (before.Probes == 0 && after.Probes > 0 || !before.Fault.Same(after.Fault)) {
		f.hooks.Changed(before, after)
	}
}

// keep remembers how the last probe went, without what it read.
func (p *printer) keep(steps []Result) {
	kept := make([]Result, len(steps))
	for i, r := range steps {
		r.Reading = Reading{}
		kept[i] = r
	}
	p.steps.Store(&kept)
}

func (p *printer) lastSteps() []Result {
	if steps := p.steps.Load(); steps != nil {
		return *steps
	}
	return nil
}
