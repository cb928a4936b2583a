package probe

import "math/bits"

// State is what a printer is doing, in the words of the Status API. The zero value means that no state was reported.
type State uint8

// The states. UnknownState is any word that the Status API does not list.
const (
	Idle State = iota + 1
	WarmingUp
	Printing
	Paused
	Resuming
	Complete
	Cancelled
	ErrorState
	UnknownState
)

var stateNames = [...]string{
	Idle: "idle", WarmingUp: "warmingup", Printing: "printing", Paused: "paused", Resuming: "resuming",
	Complete: "complete", Cancelled: "cancelled", ErrorState: "error", UnknownState: "unknown",
}

// States lists all states.
var States = [...]State{Idle, WarmingUp, Printing, Paused, Resuming, Complete, Cancelled, ErrorState, UnknownState}

// String returns the state's word, the value of the label `state`.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// parseState returns the state of a word.
func parseState(word []byte) State {
	for _, s := range States {
		if s.String() == string(word) {
			return s
		}
	}
	return UnknownState
}

// Reading holds what a good response says about the printer. A number that is absent or cannot be true is unknown.
type Reading struct {
	State  State
	known  fieldSet
	values [numberFields]float64
	texts  texts
}

// fieldSet is a set of fields: bit f is set for field f.
type fieldSet uint32

func setOf(fields ...Field) (set fieldSet) {
	for _, f := range fields {
		set |= 1 << f
	}
	return set
}

func (set fieldSet) has(f Field) bool { return set&(1<<f) != 0 }

// Value returns a number, and false where it is unknown.
func (r *Reading) Value(f Field) (float64, bool) {
	if f >= numberFields || !r.known.has(f) {
		return 0, false
	}
	return r.values[f], true
}

// set makes a number known.
func (r *Reading) set(f Field, v float64) {
	r.known |= setOf(f)
	r.values[f] = v
}

// forget makes a set of fields unknown.
func (r *Reading) forget(set fieldSet) {
	if set.has(stateField) {
		r.State = 0
	}
	for known := r.known & set; known != 0; known &= known - 1 {
		r.values[bits.TrailingZeros32(uint32(known))] = 0
	}
	r.known &^= set
}
