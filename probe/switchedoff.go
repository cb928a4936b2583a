package probe

import "octoeverywhere_exporter/fault"

// pluginOffline is what the service reports when the plugin's computer is off.
var pluginOffline = fault.FromHTTP(601)

// Seen reports whether the printer's state was ever known.
func (s *Status) Seen() bool { return s.LastState != 0 }

// SwitchedOff reports whether the printer is unreachable and no print was in progress when it was last seen: usually somebody
// has switched it off. The plugin reports such a printer as disconnected (785). Where the plugin's computer hangs on the same
// switch, the plugin is offline as well (601). It is false for a printer that was never seen.
func (s *Status) SwitchedOff() bool {
	unreachable := s.Fault.Same(hostDisconnected) || s.pluginSharesPower && s.Fault.Same(pluginOffline)
	return unreachable && s.Seen() && !s.Print.InProgress()
}
