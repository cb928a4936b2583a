package probe

import (
	"net/http"
	"time"

	"octoeverywhere_exporter/fault"
)

// Restored returns the status of a target as it was remembered by another process. s must be new. Times in the future become
// now: the clock was set back. What the printer reported is unknown until its next response.
func (s Status) Restored(m Memory, now time.Time) Status {
	m.boundTimes(now)
	s.LastProbe, s.LastSuccess, s.Took = m.LastProbe, m.LastSuccess, m.Took
	s.readState, s.readAt, s.StateSince = parseStored(m.ReadState), m.ReadAt, m.StateSince
	s.LastState, s.Print = parseStored(m.LastState), m.Print
	s.gadgetPause, s.gadgetWarning = m.GadgetPause, m.GadgetWarning
	s.sent, s.statusDue, s.backoff = m.Sent, m.StatusDue, m.Backoff
	s.infoSent, s.infoEnded, s.infoDue, s.infoInFailure = m.InfoSent, m.InfoEnded, m.InfoDue, m.InfoInFailure
	s.noPing, s.unanswered = m.NoPing, m.Unanswered
	s.ConnectionAt = m.ConnectionAt
	for _, f := range connectionFields {
		if v, known := m.Connection[f.row().path]; known {
			s.Connection.set(f, v)
		}
	}
	s.restoreVerdict(&m)
	return s
}

// restoreVerdict restores the faults and the evidence. A verdict whose fault is not in the table any more is unknown.
func (s *Status) restoreVerdict(m *Memory) {
	for _, e := range m.Errors {
		if f, ok := e.Fault(); ok && !f.None() {
			s.Errors = append(s.Errors, ErrorStat{Fault: f, Code: e.Label, Last: e.Last})
		}
	}
	known := true
	recall := func(stored StoredFault) fault.Fault {
		f, ok := stored.Fault()
		known = known && ok
		return f
	}
	active, endpoint, account, info := recall(m.Fault), recall(m.EndpointFault), recall(m.AccountFault), recall(m.InfoFault)
	if !known {
		s.LastProbe, s.sent, s.statusDue, s.infoEnded = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		return
	}
	if info.Same(fault.FromHTTP(http.StatusBadRequest)) {
		info = fault.UnknownAppToken
	}
	s.Fault, s.endpointFault, s.accountFault, s.infoFault = active, endpoint, account, info
	s.Since, s.periodStart, s.disconnects = m.Since, m.PeriodStart, m.Disconnects
	for _, e := range m.Evidence {
		if int(e.Layer) < len(s.evidence) {
			s.evidence[e.Layer] = evidence{e.At, e.Interval, e.Up}
		}
	}
}

// WithPast returns s with the periods and the prints, oldest first, that were remembered besides its Memory. The present period
// can be among them.
func (s Status) WithPast(periods []Verdict, prints []EndedPrint) Status {
	for _, v := range periods[max(0, len(periods)-maxHistory):] {
		if s.periodStart.IsZero() || v.Since.UnixMilli() < s.periodStart.UnixMilli() {
			s.History = append(s.History, v.past())
		}
	}
	s.Prints = append(s.Prints, prints[max(0, len(prints)-maxHistory):]...)
	return s
}

// boundTimes makes times in the future now, and gives all times a reading of the monotonic clock, so that a step of the wall
// clock after the restart does not change ages. What is due in the future is so by its backoff at most.
func (m *Memory) boundTimes(now time.Time) {
	due, infoDue := m.StatusDue, m.InfoDue
	end, seen := m.Print.ExpectedEnd, m.Print.LastSeen
	m.Backoff = min(max(m.Backoff, 0), longBackoffLimit)
	for _, t := range m.times() {
		*t = notAfter(*t, now, now)
	}
	m.StatusDue = notAfter(due, now.Add(m.Backoff), now)
	m.InfoDue = notAfter(infoDue, now.Add(longBackoffLimit), now)
	if !end.IsZero() {
		m.Print.ExpectedEnd = m.Print.LastSeen.Add(end.Sub(seen))
	}
}

// times returns all times of a Memory.
func (m *Memory) times() []*time.Time {
	all := []*time.Time{
		&m.LastProbe, &m.LastSuccess, &m.Since, &m.PeriodStart, &m.ReadAt, &m.StateSince, &m.GadgetPause, &m.GadgetWarning,
		&m.ConnectionAt, &m.Sent, &m.StatusDue, &m.InfoSent, &m.InfoEnded, &m.InfoDue,
		&m.Print.Start, &m.Print.LastSeen, &m.Print.LastProgress, &m.Print.ExpectedEnd, &m.Print.LostSince, &m.Print.End, &m.Print.SuspicionSince, &m.Print.EndedFrom,
	}
	for i := range m.Errors {
		all = append(all, &m.Errors[i].Last)
	}
	for i := range m.Evidence {
		all = append(all, &m.Evidence[i].At)
	}
	return all
}

// notAfter returns the earlier of t and latest, with the monotonic clock of now; zero if t is.
func notAfter(t, latest, now time.Time) time.Time {
	switch {
	case t.IsZero():
		return t
	case t.After(latest):
		return latest
	}
	return now.Add(t.Sub(now))
}

// parseStored returns the state of a word, 0 for "".
func parseStored(word string) State {
	if word == "" {
		return 0
	}
	return parseState([]byte(word))
}
