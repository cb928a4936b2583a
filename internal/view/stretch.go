package view

import (
	"fmt"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// Stretch is a time in which a printer's status was the same.
type Stretch struct {
	Since, Until time.Time
	Kind         Kind
	Fault        fault.Fault // none unless a fault was active
}

// Kind is what a printer's status was: the layer that failed, or one of the constants.
type Kind uint8

// The kinds of a time without a fault. Those of faults are layers.
const (
	KindUnknown Kind = Kind(fault.Printer) + iota + 1 // the printer was not probed
	KindOK
	KindOff // switched off
)

// Kinds lists all kinds: the layers, nearest first, then the others.
var Kinds = func() (all []Kind) {
	for _, l := range fault.Layers {
		all = append(all, Kind(l))
	}
	return append(all, KindOK, KindOff, KindUnknown)
}()

// IsFault reports whether a layer failed.
func (k Kind) IsFault() bool { return k > 0 && k <= Kind(fault.Printer) }

// String is the kind in a word that is also the name of its pattern: a layer, "ok", "off" or "unknown".
func (k Kind) String() string {
	switch k {
	case KindOK:
		return "ok"
	case KindOff:
		return string(OffMark)
	case KindUnknown:
		return string(Unknown)
	}
	return fault.Layer(k).String()
}

// Text is the status for people.
func (x Stretch) Text() string {
	switch x.Kind {
	case KindOK:
		return OK
	case KindOff:
		return Off
	case KindUnknown:
		return "Unknown"
	}
	return FaultTitle(x.Fault)
}

// Length is how long the stretch lasted.
func (x Stretch) Length() time.Duration { return x.Until.Sub(x.Since) }

// StretchesOf are a printer's periods within [since, until), the oldest first. Periods and prints are sorted, the oldest first.
func StretchesOf(s *probe.Status, periods []probe.Verdict, prints []probe.EndedPrint, since, until time.Time) []Stretch {
	stretches := make([]Stretch, 0, len(periods))
	for i, v := range periods {
		x := Stretch{Since: v.Since, Until: until, Kind: kindOf(s, v, prints), Fault: v.Fault}
		if i+1 < len(periods) && periods[i+1].Since.Before(until) {
			x.Until = periods[i+1].Since
		}
		if x.Since.Before(since) {
			x.Since = since
		}
		if x.Length() > 0 {
			stretches = append(stretches, x)
		}
	}
	return stretches
}

func kindOf(s *probe.Status, v probe.Verdict, prints []probe.EndedPrint) Kind {
	switch {
	case v.Unknown:
		return KindUnknown
	case v.Fault.None():
		return KindOK
	case s.WasOff(v, prints):
		return KindOff
	}
	return Kind(v.Fault.Layer)
}

// UptimeOf is the part of the time without a fault, of the time in which the printer was known to be on; false where there is
// none.
func UptimeOf(stretches []Stretch) (ratio float64, known bool) {
	var u probe.Uptime
	for _, x := range stretches {
		switch {
		case x.Kind == KindOK:
			u.Up += x.Length()
		case x.Kind.IsFault():
			u.Down += x.Length()
		}
	}
	return u.Ratio()
}

// Percent is a ratio for people, with one digit after the point. Only all is 100%, and only nothing is 0%.
func Percent(ratio float64) string {
	switch {
	case ratio >= 1:
		return "100%"
	case ratio <= 0:
		return "0%"
	}
	return fmt.Sprintf("%.1f%%", min(max(ratio*100, 0.1), 99.9))
}
