package fleet

import (
	"sync"

	"octoeverywhere_exporter/probe"
)

// slot lets an address have one probe in flight. It belongs to the address, not to the name: a reload may give
// the address another name, or remove it and bring it back, during a probe.
type slot struct {
	mu     sync.Mutex
	flight *flight // nil: no probe is in flight
}

// slotKey is the address of a slot. Further printers with the same address have slots of their own.
type slotKey struct {
	address probe.Secret
	name    string // of the second and any further printer at the address
}

// flight is a probe in flight.
type flight struct {
	printer *printer
	first   probe.Request // the request that it began with
	done    chan struct{} // closed when it has ended
	failed  bool          // it ended in a panic; set before done is closed
}

// slot returns the slot of a target, the one in use where there is one.
func (f *Fleet) slot(next map[slotKey]*slot, t probe.Target) *slot {
	key := slotKey{address: t.Address.Secret}
	if _, twice := next[key]; twice {
		key.name = t.Name
	}
	s, ok := f.slots[key]
	if !ok {
		s = &slot{}
	}
	next[key] = s
	return s
}

// begin starts a probe; started is false where one is in flight already, which is returned.
func (s *slot) begin(p *printer, first probe.Request) (f *flight, started bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != nil {
		return s.flight, false
	}
	s.flight = &flight{printer: p, first: first, done: make(chan struct{})}
	return s.flight, true
}

// end ends the probe in flight.
func (s *slot) end(f *flight) {
	s.mu.Lock()
	s.flight = nil
	s.mu.Unlock()
	close(f.done)
}

func (s *slot) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flight != nil
}
