package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Status is everything that is known about a printer. It is a value: Next returns a new one, and a Status that was handed out
// never changes.
type Status struct {
	Name     string
	Labels   map[string]string
	Interval time.Duration
	Edge     string // of the printer's address; "": a proxy makes the connections
	Disabled bool   // never probed; everything else is unknown
	TLS      bool   // requests are encrypted
	asksInfo bool   // the printer has an app token

	pluginSharesPower bool // the plugin is offline while the printer is switched off

	Probes      uint64
	Failures    uint64        // probes that ended with a fault
	CountedFrom time.Time     // when Probes, Failures and Errors began to count; zero: unknown
	LastProbe   time.Time     // when the last probe ended
	LastSuccess time.Time     // when a probe last ended without an active fault
	Took        time.Duration // by the last probe

	Fault   fault.Fault // the active one
	Since   time.Time   // since when this verdict holds
	History History     // the periods before the present one
	Errors  ErrorStats

	periodStart time.Time // of the present verdict's uninterrupted period: Since, or the first probe after a gap

	evidence      [fault.Printer + 1]evidence
	endpointFault fault.Fault // from the printer's own address
	accountFault  fault.Fault // of the access layer, from `info`, while nothing refutes it

	Reading    Reading   // of the last status request with a response
	StateSince time.Time // since when its state is the same
	Print      Print     // the last print
	Prints     Prints    // those that ended before

	readAt                     time.Time // when Reading was complete
	gadgetPause, gadgetWarning time.Time // when Gadget last did so, as of Reading; zero: not for this print

	Connection   Reading // of the last good info request
	ConnectionAt time.Time

	sent          time.Time     // when ping or status was last requested
	statusDue     time.Time     // status is due at the first scheduled time after this
	backoff       time.Duration // between two status requests
	infoSent      time.Time
	infoEnded     time.Time
	infoDue       time.Time    // as Retry-After of the last info request says
	infoFault     fault.Fault  // of the last info request
	LastState     State        // of the printer, the last one that was known
	readState     State        // the state that was reported last; Reading.State is unknown after a restart
	disconnects   uint8        // consecutive host_disconnected that have not displaced a more specific fault
	infoInFailure bool         // info was requested since the service or plugin layer began to fail
	noPing        fault.Source // who said that ping is not supported here; 0: it may be
	unanswered    uint8        // pings in a row without a response, while status gets one
}

// evidence is what is known about a layer. The zero value is none.
type evidence struct {
	at       time.Time
	interval time.Duration // until the next request that reaches the layer
	up       bool
}

// evidenceIntervals is how many of its intervals evidence stays valid.
const evidenceIntervals = 3

func (e evidence) fresh(now time.Time) bool {
	return !e.at.IsZero() && now.Sub(e.at) <= evidenceIntervals*e.interval
}

// NewStatus returns the status of a printer that was never probed.
func NewStatus(t Target) Status { return Status{}.configured(t) }

// CountingFrom returns s with now as the time when its counters began to count, where they have none.
func (s Status) CountingFrom(now time.Time) Status {
	if s.Disabled {
		return s
	}
	if s.CountedFrom.IsZero() {
		s.CountedFrom = now
	}
	if s.Print.EndedFrom.IsZero() && s.Print.Ended == (Print{}).Ended {
		s.Print.EndedFrom = now
	}
	return s
}

// configured returns s under another entry of the configuration.
func (s Status) configured(t Target) Status {
	s.Name, s.Labels, s.Interval, s.Disabled = t.Name, t.Labels, t.Interval, t.Disabled
	s.Edge, s.TLS = t.edge(), t.usesTLS()
	s.asksInfo, s.pluginSharesPower = !t.AppToken.Empty(), t.PluginSharesPower
	if !s.asksInfo {
		s.Connection, s.ConnectionAt, s.accountFault = Reading{}, time.Time{}, fault.Fault{}
	}
	return s
}

// renewed returns s without backoff, so that status is due at once, and without what info said, which may have been about another
// connection. It is for a printer whose entry or credentials changed.
func (s Status) renewed() Status {
	s.sent, s.statusDue, s.infoSent, s.infoEnded, s.infoDue = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.backoff, s.noPing, s.unanswered = 0, 0, 0
	s.Connection, s.ConnectionAt, s.accountFault = Reading{}, time.Time{}, fault.Fault{}
	return s
}

// Layer reports whether a layer works, and whether that is known.
func (s *Status) Layer(l fault.Layer, now time.Time) (up, known bool) {
	e := s.evidence[l]
	return e.up, e.fresh(now)
}

// LayerSeen returns when the newest evidence about a layer was found; zero where there is none.
func (s *Status) LayerSeen(l fault.Layer) time.Time { return s.evidence[l].at }

// ReadingHolds reports whether what the printer's software reported last still holds: it responds, and has reported something
// since the exporter started. A response of the plugin without a report, as of code 786, proves that the host responds, but
// does not renew the report: that lasts as long as evidence does.
func (s *Status) ReadingHolds(now time.Time) bool {
	host := s.evidence[fault.Host]
	report := evidence{s.readAt, host.interval, host.up}
	return report.up && host.fresh(now) && report.fresh(now) && s.Reading.State != 0
}

// Success reports whether no fault was active after the last probe.
func (s *Status) Success() bool { return s.Probed() && s.Fault.None() }

// Probed reports whether a probe has ended, in this process or before a restart.
func (s *Status) Probed() bool { return !s.LastProbe.IsZero() }
