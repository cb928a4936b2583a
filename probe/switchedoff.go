package probe

import (
	"slices"

	"octoeverywhere_exporter/fault"
)

// pluginOffline is what the service reports when the plugin's computer is off.
var pluginOffline = fault.FromHTTP(601)

// Seen reports whether a status was ever seen.
func (s *Status) Seen() bool { return s.readState != 0 }

// SwitchedOff reports whether the printer is unreachable and known to have been idle: usually somebody has switched it off. The plugin reports such a printer as disconnected (785). Where the plugin's computer hangs on the same
// switch, the plugin is offline as well (601). It is false for a printer that was never seen.
func (s *Status) SwitchedOff() bool {
	return s.meansOff(s.Fault) && s.wasIdle() && !s.Print.InProgress()
}

// meansOff reports whether a printer with this fault is unreachable as one that is switched off.
func (s *Status) meansOff(f fault.Fault) bool {
	return f.Same(hostDisconnected) || s.pluginSharesPower && f.Same(pluginOffline)
}

// WasOff reports whether the printer was switched off in a period, as far as that is remembered: it was unreachable as in
// SwitchedOff, and no print was in progress when the period began. The prints are those that have ended.
func (s *Status) WasOff(v Verdict, prints []EndedPrint) bool {
	switch {
	case !s.meansOff(v.Fault) || v.Unknown:
		return false
	case v.Since.UnixMilli() == s.periodStart.UnixMilli():
		return s.SwitchedOff()
	case s.Print.InProgress() && s.Print.Start.Before(v.Since):
		return false
	}
	return !slices.ContainsFunc(prints, func(p EndedPrint) bool { return p.Start.Before(v.Since) && p.End.After(v.Since) })
}

// wasIdle reports whether the last known state is that of a printer without a job. An error is one only where it ended a print:
// it can also be a pause, or a printer that needs attention.
func (s *Status) wasIdle() bool {
	switch s.LastState {
	case Idle, Complete, Cancelled:
		return true
	case ErrorState:
		return s.Print.Outcome == PrintFailed || s.Print.Outcome == PrintCancelled
	}
	return false
}
