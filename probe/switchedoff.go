package probe

// SwitchedOff reports whether the printer is unreachable and no print is in progress: usually somebody
// has switched it off. The plugin reports such a printer as disconnected (785). Where the plugin's computer hangs on the same
// switch, the plugin is offline as well (601). It is false for a printer whose state was never known.
func (s *Status) SwitchedOff() bool {
	unreachable := s.Fault.Same(hostDisconnected) || s.pluginSharesPower && s.Fault.Same(pluginOffline)
	return unreachable && s.PrintKnown() && !s.Print.InProgress()
}
