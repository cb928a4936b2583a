package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Status is all that is known of a printer. It is a value: Next gives a new one, and nobody changes what was given away.
type Status struct {
	Name     string
	Labels   map[string]string
	Interval time.Duration
	asksInfo bool // the printer has an app token

	Probes      uint64
	LastProbe   time.Time     // when the last probe ended
	LastSuccess time.Time     // when one last ended without a standing fault
	Took        time.Duration // by the last probe

	Fault   fault.Fault // the one that stands
	Since   time.Time   // since when this verdict stands
	History History     // the verdicts before it
	Errors  ErrorStats

	evidence [fault.Printer + 1]evidence
	direct   fault.Fault // what the printer's own address said
	account  fault.Fault // what `info` said of the access, while nothing refutes it
	doubts   uint8       // host_disconnected in a row that did not displace a closer reason

	Reading   Reading // of the last status that was answered
	LastState State   // the last one that was known

	Connection   Reading // of the last good info
	ConnectionAt time.Time

	asked     time.Time     // when ping or status was last asked
	statusDue time.Time     // the moment after which status is due
	distance  time.Duration // between two questions for status
	infoAsked time.Time
	// info was asked since the service or the plugin has begun to fail
	infoInFailure bool
	noPing        bool // the plugin does not know ping
}

// evidence is what is known of a layer, and from when. The zero value is none.
type evidence struct {
	at       time.Time
	distance time.Duration // until the next question that speaks of the layer
	up       bool
}

// stale is how many of its own distances evidence lasts.
const stale = 3

func (e evidence) fresh(now time.Time) bool {
	return !e.at.IsZero() && now.Sub(e.at) <= stale*e.distance
}

// NewStatus is what is known of a printer that was never asked.
func NewStatus(t Target) Status { return Status{}.configured(t) }

// configured is the same knowledge under another entry of the configuration.
func (s Status) configured(t Target) Status {
	s.Name, s.Labels, s.Interval, s.asksInfo = t.Name, t.Labels, t.Interval, !t.AppToken.Empty()
	if !s.asksInfo {
		s.Connection, s.account = Reading{}, fault.Fault{}
	}
	return s
}

// renewed is the same knowledge after the printer's entry or its credentials have changed: no pause stands, so that
// status is asked at once.
func (s Status) renewed() Status {
	s.asked, s.statusDue, s.infoAsked, s.distance, s.noPing = time.Time{}, time.Time{}, time.Time{}, 0, false
	return s
}

// Layer tells whether a layer works, and false where that is unknown.
func (s *Status) Layer(l fault.Layer, now time.Time) (up, known bool) {
	e := s.evidence[l]
	return e.up, e.fresh(now)
}

// LayerSeen is when the newest evidence of a layer was found; zero where it is unknown.
func (s *Status) LayerSeen(l fault.Layer) time.Time { return s.evidence[l].at }

// HostUp reports whether the printer's software answers: only then what it said counts.
func (s *Status) HostUp(now time.Time) bool {
	up, known := s.Layer(fault.Host, now)
	return up && known
}

// Success reports whether no fault stood after the last probe.
func (s *Status) Success() bool { return s.Probes > 0 && s.Fault.None() }

// LostDuringPrint reports whether the printer cannot be reached and a print was under way when it was last seen.
func (s *Status) LostDuringPrint() bool {
	return !s.Fault.None() && s.Fault.Layer <= fault.Host && s.LastState.IsPrinting()
}

// SwitchedOff reports whether the plugin has lost a printer that was not printing when it was last seen: as a rule
// somebody has switched it off. Of one that was never seen nobody knows.
func (s *Status) SwitchedOff() bool {
	return s.Fault.Same(hostDisconnected) && s.LastState != 0 && !s.LastState.IsPrinting()
}

// Connected gives what the service says of the plugin's connection, false where it is unknown or too old.
func (s *Status) Connected(now time.Time) (*Reading, bool) {
	return &s.Connection, !s.ConnectionAt.IsZero() && now.Sub(s.ConnectionAt) <= stale*max(infoDistance, s.Interval)
}
