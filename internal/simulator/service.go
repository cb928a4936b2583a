package simulator

import "time"

// After a restart of the service its plugins return one after the other, between minReturnDelay and returnSpread more (as
// measured on the real service: 11 to 31 s).
const (
	minReturnDelay = 11 * time.Second
	returnSpread   = 20 * time.Second
)

// serviceState is the state of the service itself.
type serviceState struct {
	down      bool
	restarted time.Time // zero: never
}

func (r *Relay) serviceState() serviceState {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return serviceState{down: r.down, restarted: r.restarted}
}

// returnTime returns when a printer's plugin reconnects after the last restart of the service.
func (s serviceState) returnTime(p *printer) time.Time {
	random := fraction(hashOf(p.key, purposeReturn, uint64(s.restarted.UnixNano())))
	return s.restarted.Add(minReturnDelay + time.Duration(random*float64(returnSpread)))
}

// isReturning reports whether a printer's plugin has not reconnected since the last restart of the service.
func (s serviceState) isReturning(p *printer, now time.Time) bool {
	return !s.restarted.IsZero() && now.Before(s.returnTime(p))
}

// outageBehavior returns what the service responds for a printer while it is down: 600 for some, 503 for the others.
func outageBehavior(p *printer) *behavior {
	if hashOf(p.key, purposeOutage, 0)%2 == 0 {
		return ServiceError.behavior()
	}
	return Unavailable.behavior()
}

// throughService returns a printer's behavior as the service shows it: nearer faults hide those behind them.
func (r *Relay) throughService(p *printer, b *behavior, now time.Time) *behavior {
	s := r.serviceState()
	switch {
	case b.fault == Unreachable:
		return b
	case s.down:
		return outageBehavior(p)
	case b.reachesPlugin() && s.isReturning(p, now):
		return Offline.behavior()
	}
	return b
}
