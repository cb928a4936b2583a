package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Memory is what survives a restart of what is known about a printer, apart from its history, which grows: see Status.Verdicts
// and Status.Prints. It holds no address, no credential, and no text of a response. Its JSON form is written to disk, so names
// and numbers in it are a format: a change of one needs a new version of the format of package store.
//
// Counters of probes and errors begin at 0 in each process: after a crash they would be older than what Prometheus has
// already seen, which it would take for a reset and count once more.
type Memory struct {
	LastProbe   time.Time     `json:"last_probe,omitzero"`
	LastSuccess time.Time     `json:"last_success,omitzero"`
	Took        time.Duration `json:"took,omitempty"`

	Fault         StoredFault      `json:"fault,omitzero"`
	Since         time.Time        `json:"since,omitzero"`
	PeriodStart   time.Time        `json:"period_start,omitzero"`
	EndpointFault StoredFault      `json:"endpoint_fault,omitzero"`
	AccountFault  StoredFault      `json:"account_fault,omitzero"`
	Disconnects   uint8            `json:"disconnects,omitempty"`
	Errors        []StoredError    `json:"errors,omitempty"`
	Evidence      []StoredEvidence `json:"evidence,omitempty"`

	ReadState     string    `json:"read_state,omitempty"`
	ReadAt        time.Time `json:"read_at,omitzero"`
	StateSince    time.Time `json:"state_since,omitzero"`
	LastState     string    `json:"last_state,omitempty"`
	Print         Print     `json:"print,omitzero"`
	GadgetPause   time.Time `json:"gadget_pause,omitzero"`
	GadgetWarning time.Time `json:"gadget_warning,omitzero"`

	Connection   map[string]float64 `json:"connection,omitempty"`
	ConnectionAt time.Time          `json:"connection_at,omitzero"`

	Sent          time.Time     `json:"sent,omitzero"`
	StatusDue     time.Time     `json:"status_due,omitzero"`
	Backoff       time.Duration `json:"backoff,omitempty"`
	InfoSent      time.Time     `json:"info_sent,omitzero"`
	InfoEnded     time.Time     `json:"info_ended,omitzero"`
	InfoDue       time.Time     `json:"info_due,omitzero"`
	InfoFault     StoredFault   `json:"info_fault,omitzero"`
	InfoInFailure bool          `json:"info_in_failure,omitempty"`
	NoPing        fault.Source  `json:"no_ping,omitempty"`
	Unanswered    uint8         `json:"unanswered,omitempty"`
}

// Record is what is remembered of a printer, with what it takes to recognize it.
type Record struct {
	Number    uint64 // unique among the printers of an exporter, also after a restart; higher for newer printers
	Identity  Identity
	RemovedAt time.Time // from the configuration; zero: it is configured
	Status    *Status
}

// StoredFault identifies a fault of the table. The zero value is none.
type StoredFault struct {
	From   string `json:"from"`
	Code   int    `json:"code,omitempty"`
	Reason string `json:"reason"`
}

// StoredError is a row of ErrorStats without its count.
type StoredError struct {
	StoredFault
	Label string    `json:"label,omitempty"`
	Last  time.Time `json:"last"`
}

// StoredEvidence is what is known about a layer.
type StoredEvidence struct {
	Layer    fault.Layer   `json:"layer"`
	At       time.Time     `json:"at"`
	Interval time.Duration `json:"interval"`
	Up       bool          `json:"up,omitempty"`
}

// StoreFault returns what identifies f.
func StoreFault(f fault.Fault) StoredFault {
	if f.None() {
		return StoredFault{}
	}
	return StoredFault{f.From.String(), f.Code, f.Reason}
}

// Fault returns the fault; ok is false where the table does not have it any more.
func (s StoredFault) Fault() (f fault.Fault, ok bool) {
	if s == (StoredFault{}) {
		return fault.Fault{}, true
	}
	return fault.Recall(s.From, s.Code, s.Reason)
}

// Memory returns what survives a restart.
func (s *Status) Memory() Memory {
	m := Memory{
		LastProbe: s.LastProbe, LastSuccess: s.LastSuccess, Took: s.Took,
		Fault: StoreFault(s.Fault), Since: s.Since, PeriodStart: s.periodStart,
		EndpointFault: StoreFault(s.endpointFault), AccountFault: StoreFault(s.accountFault), Disconnects: s.disconnects,
		ReadState: s.readState.String(), ReadAt: s.readAt, StateSince: s.StateSince, LastState: s.LastState.String(), Print: s.Print,
		GadgetPause: s.gadgetPause, GadgetWarning: s.gadgetWarning, ConnectionAt: s.ConnectionAt,
		Sent: s.sent, StatusDue: s.statusDue, Backoff: s.backoff,
		InfoSent: s.infoSent, InfoEnded: s.infoEnded, InfoDue: s.infoDue, InfoFault: StoreFault(s.infoFault), InfoInFailure: s.infoInFailure,
		NoPing: s.noPing, Unanswered: s.unanswered,
	}
	for _, e := range s.Errors {
		m.Errors = append(m.Errors, StoredError{StoreFault(e.Fault), e.Code, e.Last})
	}
	for l, e := range s.evidence {
		if !e.at.IsZero() {
			m.Evidence = append(m.Evidence, StoredEvidence{fault.Layer(l), e.at, e.interval, e.up})
		}
	}
	for _, f := range connectionFields {
		if v, known := s.Connection.Value(f); known {
			if m.Connection == nil {
				m.Connection = map[string]float64{}
			}
			m.Connection[f.row().path] = v
		}
	}
	return m
}

// connectionFields are the numbers of a good info response.
var connectionFields = [...]Field{ConnectionOnline, LastConnection, LastDisconnection}

// Essence is the part of a Memory that is written within a second of its change. All else, above all progress and evidence, is
// written every few minutes, because it changes with each probe. Essences can be compared.
type Essence struct {
	fault, endpointFault, accountFault StoredFault
	since, periodStart, stateSince     int64
	disconnects                        uint8
	errors                             int
	readState, lastState               State
	printStart, printEnd, lostSince    int64
	job, file                          uint64
	outcome                            Outcome
	suspicion                          Suspicion
	wasLost                            bool
	ended                              [len(outcomeNames)]uint64
	backoff                            time.Duration
	backoffUntil                       int64 // 0: no backoff is in force
	noPing                             fault.Source
	unanswered                         uint8
}

// Essence returns what is to be written soon.
func (s *Status) Essence() Essence {
	e := Essence{
		fault: StoreFault(s.Fault), endpointFault: StoreFault(s.endpointFault), accountFault: StoreFault(s.accountFault),
		since: unixMilli(s.Since), periodStart: unixMilli(s.periodStart), stateSince: unixMilli(s.StateSince),
		disconnects: s.disconnects, errors: len(s.Errors), readState: s.readState, lastState: s.LastState,
		printStart: unixMilli(s.Print.Start), printEnd: unixMilli(s.Print.End), lostSince: unixMilli(s.Print.LostSince),
		job: s.Print.Job, file: s.Print.File, outcome: s.Print.Outcome, suspicion: s.Print.Suspicion, wasLost: s.Print.WasLost,
		ended: s.Print.Ended, noPing: s.noPing, unanswered: s.unanswered,
	}
	if s.backoff > s.Interval {
		e.backoff, e.backoffUntil = s.backoff, unixMilli(s.statusDue)
	}
	return e
}

// unixMilli returns t as Unix time in milliseconds; 0 where t is zero.
func unixMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
