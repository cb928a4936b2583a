package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Next is what is known after r. It is pure: the newest evidence that speaks of a layer counts, and nothing else.
func (s Status) Next(r Result) Status {
	switch {
	case r.Canceled:
		return s
	case r.Request == InfoRequest:
		return s.nextInfo(r)
	}
	met := r.Fault
	if r.Request == PingRequest && r.unknownCommand() { // it answered, and that is what a ping is to show
		s.noPing, met = true, fault.Fault{}
	}
	if !met.None() {
		s.Errors = s.Errors.meet(met, r.Ended())
	}
	if met.Layer == fault.Plugin {
		s.noPing = false // when it comes back it may be a newer one
	}
	before := s.Fault
	s.Probes++
	s.LastProbe, s.Took, s.asked = r.Ended(), r.Took, r.Asked
	s.direct, s.doubts = s.outcome(r, met)
	s.infoInFailure = s.infoInFailure && s.failsBehind()
	if refutesAccount(met) {
		s.account = fault.Fault{}
	}
	s.read(r)
	s.stand(r.Ended())
	s.pace(r, before)
	if met.None() {
		s.rise(r)
	} else {
		s.fall(r.Ended())
	}
	if s.Fault.None() {
		s.LastSuccess = s.LastProbe
	}
	return s
}

// nextInfo is what is known after a question to the service. It says how the plugin is connected, and what the service
// thinks of the access; that the service's own address fails says nothing of the printer.
func (s Status) nextInfo(r Result) Status {
	s.infoAsked, s.infoInFailure = r.Asked, s.failsBehind()
	had := s.account
	switch {
	case r.Fault.None():
		s.Connection, s.ConnectionAt = r.Reading, r.Ended()
		s.account = fault.Fault{}
	case r.Fault.Layer == fault.Access && r.Fault.From == fault.ByService:
		s.Errors = s.Errors.meet(r.Fault, r.Ended())
		if !refutesAccount(s.direct) {
			s.account = r.Fault
		}
	}
	s.stand(r.Ended())
	if !had.None() || !s.account.None() {
		s.fall(r.Ended())
	}
	return s
}

// outcome is the verdict of the printer's own address after r, in which the fault met was met.
func (s *Status) outcome(r Result, met fault.Fault) (fault.Fault, uint8) {
	switch {
	case met.None() && s.direct.Layer > r.Request.Proves():
		return s.direct, s.doubts // a good ping says nothing of what lies behind the plugin
	case met.Same(hostDisconnected) && (s.direct.Same(tooManyClients) || s.direct.Same(authInvalid)) && s.doubts+1 < displaces:
		return s.direct, s.doubts + 1
	}
	return met, 0
}

// Plugins alternate between host_disconnected and the closer reason why the host lets nobody in.
var (
	hostDisconnected = fault.FromPlugin(785)
	tooManyClients   = fault.FromPlugin(787)
	authInvalid      = fault.FromPlugin(789)
)

// displaces is how many host_disconnected in a row displace a closer reason.
const displaces = 3

// refutesAccount reports whether the printer's own address, by meeting f, proves that the access is good or that an
// earlier layer fails: a 60x of `info` does not count then. That the service names the plugin as the fault proves nothing.
func refutesAccount(f fault.Fault) bool {
	return f.Layer != fault.Plugin || f.From != fault.ByService
}

// read keeps what a status said of the printer.
func (s *Status) read(r Result) {
	if r.Reading.State == 0 {
		return
	}
	s.Reading = r.Reading
	if r.Reading.State != UnknownState {
		s.LastState = r.Reading.State
	}
}

// stand draws the conclusion: which fault stands, and since when.
func (s *Status) stand(at time.Time) {
	stands := s.direct
	if !s.account.None() {
		stands = s.account
	}
	switch {
	case s.Since.IsZero():
		s.Since = at
	case !stands.Same(s.Fault):
		s.History, s.Since = s.History.add(Verdict{s.Fault, s.Since}), at
	}
	if s.Fault = stands; !stands.None() {
		s.Errors = s.Errors.last(stands)
	}
}

// rise renews the evidence of the layers that a good answer proves. Of those behind it nothing is said.
func (s *Status) rise(r Result) {
	for _, l := range fault.Layers {
		if l <= r.Request.Proves() {
			s.evidence[l] = evidence{r.Ended(), s.gap(l), true}
		}
	}
}

// fall renews all evidence by the fault that stands: the layers before its own work, and those behind it are unknown.
func (s *Status) fall(at time.Time) {
	for _, l := range fault.Layers {
		s.evidence[l] = evidence{}
		if l <= s.Fault.Layer {
			s.evidence[l] = evidence{at, s.gap(l), l < s.Fault.Layer}
		}
	}
}
