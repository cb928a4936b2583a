package fault

import "strconv"

// Source is who reported a fault. The same number means different things from different sources.
type Source uint8

// The four sources.
const (
	ByExporter Source = iota + 1 // this exporter, from how the request ended
	ByService                    // OctoEverywhere's service: HTTP status 6xx
	ByHTTP                       // any server or proxy on the way: every other HTTP status than 200
	ByPlugin                     // the plugin: `Status` in the body of a response with HTTP status 200
)

var sourceNames = [...]string{ByExporter: "exporter", ByService: "service", ByHTTP: "http", ByPlugin: "plugin"}

// String returns the source's name in tables and JSON.
func (s Source) String() string {
	if int(s) < len(sourceNames) {
		return sourceNames[s]
	}
	return ""
}

// Backoff is the policy for the next `status` request after a fault.
type Backoff uint8

// The policies.
const (
	BackoffNone  Backoff = iota + 1 // at the interval
	BackoffShort                    // the interval doubles up to five minutes
	BackoffLong                     // the interval doubles up to thirty minutes; a changed entry is probed at once
)

var backoffNames = [...]string{BackoffNone: "none", BackoffShort: "short", BackoffLong: "long"}

// String returns the policy's name in tables and JSON.
func (b Backoff) String() string {
	if int(b) < len(backoffNames) {
		return backoffNames[b]
	}
	return ""
}

// Fault is a reason why a layer does not work. The zero value is no fault.
type Fault struct {
	From    Source
	Layer   Layer
	Backoff Backoff
	Code    int    // the number that was reported; 0 for a fault without one
	Reason  string // label value, snake_case
	Meaning string // what happened, in one or two sentences
	Remedy  string // what to do, in one or two sentences
}

// None reports whether f is the zero value: no fault.
func (f Fault) None() bool { return f.Layer == 0 }

// CodeLabel returns the number as a label value, "" where there is none.
func (f Fault) CodeLabel() string {
	if f.None() || f.From == ByExporter && f.Code == 0 {
		return ""
	}
	return strconv.Itoa(f.Code)
}

// Same reports whether f and g have the same labels: layer, code and reason.
func (f Fault) Same(g Fault) bool {
	return f.Layer == g.Layer && f.Reason == g.Reason && f.CodeLabel() == g.CodeLabel()
}
