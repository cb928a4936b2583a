package simulator

import (
	"iter"
	"time"
)

// scriptPhase is a fault and how long it lasts.
type scriptPhase struct {
	fault    Fault
	duration time.Duration // 0: permanent
}

// script is the sequence of a printer's faults. It repeats unless the last phase is permanent. It is a pure function of
// the time since the relay was created. An empty script has no faults.
type script []scriptPhase

// cycle returns the sum of all phases; 0 if the last is permanent.
func (s script) cycle() time.Duration {
	var sum time.Duration
	for _, p := range s {
		if p.duration == 0 {
			return 0
		}
		sum += p.duration
	}
	return sum
}

// phases yields the start and fault of the phases that began until then, oldest first, starting with the cycle that
// contains from.
func (s script) phases(from, until time.Duration) iter.Seq2[time.Duration, Fault] {
	return func(yield func(time.Duration, Fault) bool) {
		if len(s) == 0 {
			return
		}
		var start time.Duration
		if cycle := s.cycle(); cycle > 0 && from > 0 {
			start = from / cycle * cycle
		}
		for i := 0; start <= until; i++ {
			p := s[i%len(s)]
			if !yield(start, p.fault) || p.duration == 0 {
				return
			}
			start += p.duration
		}
	}
}

// at returns the fault at elapsed, since when, and the one before it.
func (s script) at(elapsed time.Duration) (current Fault, since time.Duration, previous Fault) {
	for start, f := range s.phases(elapsed-s.cycle(), elapsed) {
		previous, current, since = current, f, start
	}
	return current, since, previous
}

// lastOffline returns when the plugin last disconnected from the service and when it last returned, before elapsed.
func (s script) lastOffline(elapsed time.Duration) (offlineAt, onlineAt time.Duration, wentOffline, cameBack bool) {
	offline := false
	for start, f := range s.phases(elapsed-2*s.cycle(), elapsed) {
		switch now := f == Offline; {
		case now && !offline:
			offlineAt, wentOffline = start, true
		case !now && offline:
			onlineAt, cameBack = start, true
		}
		offline = f == Offline
	}
	return offlineAt, onlineAt, wentOffline, cameBack
}
