package fault

import "strconv"

// Source says who reported a fault.
type Source uint8

// The four sources. A number means something only together with its source.
const (
	ByExporter Source = iota + 1 // this exporter, from what happened on the wire
	ByService                    // OctoEverywhere's service, HTTP status 6xx
	ByHTTP                       // anything that speaks HTTP on the way, any other HTTP status than 200
	ByPlugin                     // the plugin, `Status` in the body of an answer with HTTP status 200
)

var sourceNames = [...]string{ByExporter: "exporter", ByService: "service", ByHTTP: "http", ByPlugin: "plugin"}

// String is the source's name in tables and JSON.
func (s Source) String() string {
	if int(s) < len(sourceNames) {
		return sourceNames[s]
	}
	return ""
}

// Backoff is how gently a printer is asked again after a fault.
type Backoff uint8

// The pauses, in rising gentleness.
const (
	BackoffNone       Backoff = iota + 1 // at the interval
	BackoffShort                         // the distance of `status` doubles, up to five minutes
	BackoffLong                          // the same up to thirty minutes; a changed entry of the printer asks at once
	BackoffRetryAfter                    // as the answer's Retry-After says, at most thirty minutes; without it as BackoffShort
)

var backoffNames = [...]string{BackoffNone: "none", BackoffShort: "short", BackoffLong: "long", BackoffRetryAfter: "retry-after"}

// String is the pause's name in tables and JSON.
func (p Backoff) String() string {
	if int(p) < len(backoffNames) {
		return backoffNames[p]
	}
	return ""
}

// Fault is one reason why a layer did not work. The zero value is no fault.
type Fault struct {
	From    Source
	Code    int // the number that was reported; 0 where the exporter found out by itself
	Layer   Layer
	Reason  string // label value, snake_case, from the table
	Backoff Backoff
	Meaning string // what happened, one plain sentence
	Remedy  string // what to do, one plain sentence
}

// None reports whether f is the zero value: no fault.
func (f Fault) None() bool { return f.Layer == 0 }

// CodeLabel is the number as a label value, "" where there is none.
func (f Fault) CodeLabel() string {
	if f.None() || f.From == ByExporter && f.Code == 0 {
		return ""
	}
	return strconv.Itoa(f.Code)
}

// Same reports whether f and g are one and the same fault to whoever reads labels: layer, code and reason.
func (f Fault) Same(g Fault) bool {
	return f.Layer == g.Layer && f.Reason == g.Reason && f.CodeLabel() == g.CodeLabel()
}
