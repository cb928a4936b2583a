package probe

import "strings"

// Attention is why a printer is paused or in error. The zero value means that it is neither.
type Attention uint8

// The kinds of attention.
const (
	UserPause         Attention = iota + 1 // somebody paused the print
	FilamentAttention                      // filament ran out or must be changed
	FailureDetected                        // a camera or sensor saw the print fail
	ErrorAttention                         // any other error
	OtherAttention                         // a pause without a known reason, or a canceled print
)

var attentionNames = [...]string{
	UserPause: "user_pause", FilamentAttention: "filament", FailureDetected: "failure_detected",
	ErrorAttention: "error", OtherAttention: "other",
}

// String returns the kind's word, the value of the label `kind`; "" for none.
func (a Attention) String() string {
	if int(a) < len(attentionNames) {
		return attentionNames[a]
	}
	return ""
}

// attentionWords are parts of sub-states and errors, in lower case, and what they mean. The first match counts.
var attentionWords = [...]struct {
	part string
	kind Attention
}{
	{"canceled", OtherAttention},
	{"cancelled", OtherAttention},
	{"paused by user", UserPause},
	{"paused by the user", UserPause},
	{"user pause", UserPause},
	{"by gcode", OtherAttention},
	{"pause command", OtherAttention}, // in the printed file
	{"m400", OtherAttention},
	{"failure detected", FailureDetected},
	{"first layer", FailureDetected},
	{"spaghetti", FailureDetected},
	{" covered", FailureDetected}, // the nozzle, by filament
	{"pile-up", FailureDetected},
	{"piled up", FailureDetected},
	{"ai print monitoring", FailureDetected},
	{"clog", ErrorAttention},
	{"unknown reason", OtherAttention},
	{"filament", FilamentAttention},
	{"runout", FilamentAttention},
	{"run out", FilamentAttention},
	{"ran out", FilamentAttention},
	{"spool", FilamentAttention},
}

// Attention returns why the printer is paused or in error: according to its sub-state, otherwise to its error.
func (r *Reading) Attention() Attention {
	if r.State != Paused && r.State != ErrorState {
		return 0
	}
	for _, text := range [...]string{r.SubState(), r.ErrorText()} {
		if text == "" {
			continue
		}
		text = strings.ToLower(text)
		for _, w := range attentionWords {
			if strings.Contains(text, w.part) {
				return w.kind
			}
		}
	}
	if r.State == ErrorState || r.ErrorText() != "" {
		return ErrorAttention
	}
	return OtherAttention
}
