package simulator

import "time"

// After a restart of the service plugins come back one after the other: the first after returnSoonest, the last within
// returnSpread more (as measured on the real service: 11 to 31 s).
const (
	returnSoonest = 11 * time.Second
	returnSpread  = 20 * time.Second
)

// service is the state of the service itself.
type service struct {
	down      bool
	restarted time.Time // zero: never
}

func (r *Relay) service() service {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return service{down: r.down, restarted: r.restarted}
}

// returns is when a printer's plugin is connected again after the last restart of the service.
func (s service) returns(p *printer) time.Time {
	late := fraction(mix(p.key, forReturn, uint64(s.restarted.UnixNano())))
	return s.restarted.Add(returnSoonest + time.Duration(late*float64(returnSpread)))
}

// away reports whether a printer's plugin is not yet back after a restart.
func (s service) away(p *printer, now time.Time) bool {
	return !s.restarted.IsZero() && now.Before(s.returns(p))
}

// outage is what is answered for a printer while the service is down: 600 for some, 503 for the others.
func outage(p *printer) *behaviour {
	if mix(p.key, forOutage, 0)%2 == 0 {
		return ServiceError.behaviour()
	}
	return Unavailable.behaviour()
}

// seenBy gives what is wrong with a printer as the service answers it: nearer faults hide those behind them.
func (r *Relay) seenBy(p *printer, b *behaviour, now time.Time) *behaviour {
	s := r.service()
	switch {
	case b.word == Unreachable:
		return b
	case s.down:
		return outage(p)
	case b.reachesPlugin() && s.away(p, now):
		return Offline.behaviour()
	}
	return b
}
