package probe

// State is what a printer is doing, in the words of the Status API. The zero value is no word at all: nothing was said.
type State uint8

// The states. UnknownState is said by a printer whose state the plugin does not know, or gives in another word.
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

// States are all states.
var States = [...]State{Idle, WarmingUp, Printing, Paused, Resuming, Complete, Cancelled, ErrorState, UnknownState}

// String is the state's word, the label `state`.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// IsPrinting reports whether a print is under way, so that losing the printer may mean losing a print.
func (s State) IsPrinting() bool { return s >= WarmingUp && s <= Resuming }

// stateOf gives the state of a word.
func stateOf(word []byte) State {
	for _, s := range States {
		if s.String() == string(word) {
			return s
		}
	}
	return UnknownState
}

// Field is a number of an answer.
type Field uint8

// The fields. Units are those of the metrics they become.
const (
	Progress          Field = iota // ratio, 0 to 1
	Duration                       // seconds
	TimeLeft                       // seconds
	Layer                          // 1 is the first
	Layers                         // of the whole print
	BedActual                      // degrees Celsius, as all temperatures
	BedTarget                      //
	HotendActual                   //
	HotendTarget                   //
	ChamberActual                  //
	ChamberTarget                  //
	GadgetScore                    // 0: sure of a failure, 10: sure of none
	GadgetSuppressed               // 1: the user has silenced Gadget for this print
	ConnectionOnline               // 1: the plugin is connected to the service
	LastConnection                 // Unix time
	LastDisconnection              // Unix time
	scoreAge                       // seconds; tells whether there is a score
	fields
)

// Reading is what a good answer says of the printer. A number that the answer has not, or that cannot be true, is unknown.
type Reading struct {
	State    State
	known    uint32 // bit f: values[f] is known
	values   [fields]float64
	platform string
}

// Value gives a number, and false where it is unknown.
func (r *Reading) Value(f Field) (float64, bool) {
	if f >= fields || r.known&(1<<f) == 0 {
		return 0, false
	}
	return r.values[f], true
}

// PlatformVersion names the platform and its version, as the plugin writes it; "" where it is unknown.
func (r *Reading) PlatformVersion() string { return r.platform }

func (r *Reading) set(f Field, v float64) { r.values[f], r.known = v, r.known|1<<f }

func (r *Reading) forget(fs ...Field) {
	for _, f := range fs {
		r.known &^= 1 << f
		r.values[f] = 0
	}
}

// keep forgets a field whose value is outside of low to high.
func (r *Reading) keep(f Field, low, high float64) {
	if v, ok := r.Value(f); ok && (v < low || v > high) {
		r.forget(f)
	}
}
