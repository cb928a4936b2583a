package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Next returns the status after r. It is pure. For each layer the newest evidence counts.
func (s Status) Next(r Result) Status {
	switch {
	case r.Canceled:
		return s
	case r.Request == InfoRequest:
		return s.nextInfo(r)
	}
	s.Probes++
	s.endStalePeriod(r.Ended())
	s.LastProbe, s.Took, s.sent = r.Ended(), r.Took, r.Sent
	if r.Request == PingRequest && r.pingEvidence() != pingCounts {
		return s.nextWithoutPong(r)
	}
	found, before := r.Fault, s.Fault
	if !found.None() {
		s.Failures++
		s.Errors = s.Errors.record(found, r.Ended())
	}
	s.updatePingSupport(r)
	s.endpointFault, s.disconnects = s.nextEndpointFault(r, found)
	s.infoInFailure = s.infoInFailure && s.serviceOrPluginFails()
	if refutesAccountFault(found) {
		s.accountFault = fault.Fault{}
	}
	s.overruleInfo(r, found)
	s.updateReading(r)
	s.updateVerdict(r.Ended())
	s.updatePrint(&r)
	s.updateBackoff(r, before)
	if found.None() {
		s.markUp(r)
	} else {
		s.markDown(r.Ended())
	}
	if s.Fault.None() {
		s.LastSuccess = s.LastProbe
	}
	return s
}

// nextEndpointFault returns the fault of the printer's own address after r, in which found was found, and how many
// consecutive host_disconnected it has outlasted.
func (s *Status) nextEndpointFault(r Result, found fault.Fault) (fault.Fault, uint8) {
	switch {
	case found.None() && s.endpointFault.Layer > r.Request.Proves():
		return s.endpointFault, s.disconnects // a good ping says nothing about the layers behind the plugin
	case found.Same(hostDisconnected) && s.disconnects+1 < displacingDisconnects &&
		(s.endpointFault.Same(tooManyClients) || s.endpointFault.Same(authInvalid)):
		return s.endpointFault, s.disconnects + 1
	}
	return found, 0
}

// Plugins alternate between host_disconnected and the more specific reason why they cannot connect.
var (
	hostDisconnected = fault.FromPlugin(785)
	tooManyClients   = fault.FromPlugin(787)
	authInvalid      = fault.FromPlugin(789)
)

// displacingDisconnects is how many consecutive host_disconnected displace a more specific fault.
const displacingDisconnects = 3

// refutesAccountFault reports whether f, found at the printer's own address, proves that access is granted or that an earlier
// layer fails. A service that blames the plugin proves nothing about access.
func refutesAccountFault(f fault.Fault) bool {
	return f.Layer != fault.Plugin || f.From != fault.ByService
}

// updateReading keeps what a status response says about the printer.
func (s *Status) updateReading(r Result) {
	if r.Reading.State == 0 {
		return
	}
	if s.readState != r.Reading.State {
		s.StateSince = r.Ended()
	}
	s.Reading, s.readState, s.readAt = r.Reading, r.Reading.State, r.Ended()
	s.gadgetPause = r.eventTime(gadgetPauseAge, s.gadgetPause)
	s.gadgetWarning = r.eventTime(gadgetWarningAge, s.gadgetWarning)
	if r.Reading.State != UnknownState {
		s.LastState = r.Reading.State
	}
}

// updateVerdict decides which fault is active, and since when.
func (s *Status) updateVerdict(at time.Time) {
	active := s.endpointFault
	if !s.accountFault.None() {
		active = s.accountFault
	}
	switch {
	case s.Since.IsZero():
		s.Since, s.periodStart = at, at
	case !active.Same(s.Fault):
		s.endPeriod(at)
		s.Since, s.periodStart = at, at
	case s.periodStart.IsZero():
		s.periodStart = at
	}
	if s.Fault = active; !active.None() {
		s.Errors = s.Errors.moveToEnd(active)
	}
}

// markUp renews the evidence about the layers that a good response proves, and leaves the others as they are.
func (s *Status) markUp(r Result) {
	for _, l := range fault.Layers {
		if l <= r.Request.Proves() {
			s.evidence[l] = evidence{r.Ended(), s.layerInterval(l), true}
		}
	}
}

// markDown renews all evidence by the active fault: layers before its own are up, and layers after it are unknown.
func (s *Status) markDown(at time.Time) {
	for _, l := range fault.Layers {
		s.evidence[l] = evidence{}
		if l <= s.Fault.Layer {
			s.evidence[l] = evidence{at, s.layerInterval(l), l < s.Fault.Layer}
		}
	}
}
