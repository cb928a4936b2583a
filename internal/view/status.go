package view

import (
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// The words for a printer without a fault.
const (
	OK           = "OK"
	NotProbedYet = "not probed yet"
	Off          = "Off"      // switched off, not known to be faulty
	Disabled     = "Disabled" // in the configuration
)

// Unprobed reports whether nothing is known of a printer yet: no probe has ended and no fault is active.
func Unprobed(s *probe.Status) bool { return !s.Probed() && s.Fault.None() && !s.Disabled }

// IsFaulty reports whether a printer has a fault that somebody should do something about: one that is switched off has none.
func IsFaulty(s *probe.Status) bool { return !s.Fault.None() && !s.SwitchedOff() }

// OffWord says that a printer is off on purpose: Off, Disabled, or "" where it is not.
func OffWord(s *probe.Status) string {
	switch {
	case s.Disabled:
		return Disabled
	case s.SwitchedOff():
		return Off
	}
	return ""
}

// StatusWord is a printer's status in one word: the failing layer, "ok", "off", "disabled", or "unknown"
// before the first probe.
func StatusWord(s *probe.Status) string {
	switch off := OffWord(s); {
	case off != "":
		return strings.ToLower(off)
	case Unprobed(s):
		return "unknown"
	case s.Fault.None():
		return "ok"
	}
	return s.Fault.Layer.String()
}

// Headline is a printer's status in one sentence.
func Headline(s *probe.Status) string {
	switch {
	case s.Disabled:
		return "Not probed: enabled is false in the configuration."
	case s.SwitchedOff():
		return "Unreachable, and no print was in progress when it was last seen: probably switched off."
	case Unprobed(s):
		return "Not probed yet."
	case s.Fault.None():
		return "OK."
	}
	return s.Fault.Meaning
}

// FaultTitle is the name of a fault, with its code where it has one: "plugin offline (601)".
func FaultTitle(f fault.Fault) string { return titleWithCodes(f, f.CodeLabel()) }

func titleWithCodes(f fault.Fault, codes string) string {
	if codes == "" {
		return Spaced(f.Reason)
	}
	return Spaced(f.Reason) + " (" + codes + ")"
}

// Info is the result of the last info request in words; "" where there is none.
func Info(s *probe.Status) string {
	f, known := s.Info()
	switch {
	case !known:
		return ""
	case f.None():
		return OK
	}
	return FaultTitle(f) + ": " + f.Meaning + " " + f.Remedy
}

// IsActive reports whether s.Errors[i] is the active fault. The active one is always the last.
func IsActive(s *probe.Status, i int) bool { return i == len(s.Errors)-1 && !s.Fault.None() }
