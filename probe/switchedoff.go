package probe

import "octoeverywhere_exporter/fault"

// pluginOffline is what the service reports when the plugin's computer is off.
var pluginOffline = fault.FromHTTP(601)

// Seen reports whether a status was ever seen.
func (s *Status) Seen() bool { return s.readState != 0 }

// SwitchedOff reports whether the printer is unreachable and known to have been idle: usually somebody has switched it off. The plugin reports such a printer as disconnected (785). Where the plugin's computer hangs on the same
// switch, the plugin is offline as well (601). It is false for a printer that was never seen.
func (s *Status) SwitchedOff() bool {
	unreachable := s.Fault.Same(hostDisconnected) || s.pluginSharesPower && s.Fault.Same(pluginOffline)
	return unreachable && s.wasIdle() && !s.Print.InProgress()
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
