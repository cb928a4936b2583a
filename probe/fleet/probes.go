package fleet

import (
	"context"
	"runtime/debug"
	"time"

	"octoeverywhere_exporter/probe"
)

// Probe makes the probe that is due at a tick of the schedule. It ends when ctx does. It reports false where the tick is
// dropped because a probe of the printer is in flight.
func (f *Fleet) Probe(ctx context.Context, name string, tick time.Time) bool {
	p, s, ok := f.find(name)
	if !ok || p.entry.Load().Disabled {
		return true
	}
	request, due := p.status.Load().Plan(tick)
	if !due.Before(tick) {
		return true
	}
	flight, started := s.begin(p, request)
	if started {
		f.fly(ctx, s, flight)
	}
	return started
}

// ProbeNow requests a printer's status now, whatever its backoff is, and waits for the result. Where such a request is in
// flight already, it waits for that one. When ctx ends first it returns what is known, and the error of ctx; the probe goes
// on.
func (f *Fleet) ProbeNow(ctx context.Context, name string) (*probe.Status, []probe.Result, error) {
	return f.await(ctx, name, func(_ *printer, joined *flight) (probe.Request, bool) {
		return probe.StatusRequest, joined == nil || joined.first != probe.StatusRequest
	})
}

// Current returns a result that is younger than the interval in force: that of the probe in flight if there is one,
// otherwise of a new probe if the last one is older. So it never requests more than the schedule would, however often it is
// called. When ctx ends first it returns what is known, and the error of ctx; the probe goes on.
func (f *Fleet) Current(ctx context.Context, name string) (*probe.Status, []probe.Result, error) {
	return f.await(ctx, name, func(p *printer, joined *flight) (probe.Request, bool) {
		s, now := p.status.Load(), time.Now()
		request, _ := s.Plan(now)
		return request, joined == nil && !s.Fresh(now)
	})
}

// await joins the probe of the printer that is in flight, or starts the one that is wanted, and waits for it. joined is the
// probe that was waited for so far, nil where there is none.
func (f *Fleet) await(ctx context.Context, name string, wanted func(p *printer, joined *flight) (probe.Request, bool)) (*probe.Status, []probe.Result, error) {
	var joined *flight
	for {
		p, s, ok := f.find(name) // a reload may have changed it during a wait
		switch {
		case !ok:
			return nil, nil, probe.ErrNoSuchPrinter
		case p.entry.Load().Disabled:
			return nil, nil, probe.ErrDisabled
		case joined != nil && joined.failed:
			return nil, nil, probe.ErrPanicked
		}
		request, start := wanted(p, joined)
		if joined != nil && !start {
			return p.status.Load(), p.lastResults(), nil
		}
		flight, err := f.join(s, p, request, start)
		switch {
		case err != nil:
			return nil, nil, err
		case flight == nil:
			return p.status.Load(), p.lastResults(), nil
		}
		select {
		case <-flight.done:
		case <-ctx.Done():
			return p.status.Load(), p.lastResults(), ctx.Err()
		}
		if flight.printer == p { // not the printer that had the address before
			joined = flight
		}
	}
}

// join returns the probe in flight. Where there is none it starts one, or returns nil if none is wanted.
func (f *Fleet) join(s *slot, p *printer, request probe.Request, start bool) (*flight, error) {
	if !start {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.flight, nil
	}
	if err := f.lifetime.Err(); err != nil {
		return nil, err
	}
	flight, started := s.begin(p, request)
	if started {
		f.probes.Go(func() { f.fly(f.lifetime, s, flight) })
	}
	return flight, nil
}

// fly makes a probe. A panic ends the probe and changes nothing that is known.
func (f *Fleet) fly(ctx context.Context, s *slot, flight *flight) {
	f.inFlight.Add(1)
	defer func() {
		if v := recover(); v != nil {
			flight.failed = true
			f.options.Observer.Panicked(ProbeComponent, flight.printer.entry.Load().Name, v, debug.Stack())
		}
		f.inFlight.Add(-1)
		s.end(flight)
	}()
	f.run(ctx, flight.printer, flight.first)
}
