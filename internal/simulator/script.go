package simulator

import (
	"iter"
	"time"
)

// phase is a stretch of a printer's life.
type scriptPhase struct {
	fault    Fault
	duration time.Duration // 0: for good
}

// script is what happens to a printer by itself: its phases one after the other, and from the start again unless the
// last one is for good. It is a function of the time since the relay began. No phases: nothing ever happens.
type script []scriptPhase

// cycle is how long all phases take; 0 when the last is for good.
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

// beats gives the phases that began up to until, oldest first, from the cycle on that holds from.
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

// at gives the fault that stands at a time, since when, and the one before it.
func (s script) at(elapsed time.Duration) (is Fault, since time.Duration, was Fault) {
	for start, f := range s.phases(elapsed-s.cycle(), elapsed) {
		was, is, since = is, f, start
	}
	return is, since, was
}

// spell gives when the plugin was last lost to the service and when it last came back, up to a time; false where it
// never was or did.
func (s script) lastOffline(elapsed time.Duration) (lost, back time.Duration, wasLost, cameBack bool) {
	offline := false
	for start, f := range s.phases(elapsed-2*s.cycle(), elapsed) {
		switch now := f == Offline; {
		case now && !offline:
			lost, wasLost = start, true
		case !now && offline:
			back, cameBack = start, true
		}
		offline = f == Offline
	}
	return lost, back, wasLost, cameBack
}
