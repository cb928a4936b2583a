package probe

import "time"

// After is the status after a probe with these results. A status request that timed out is judged together with the ping
// that followed it.
func (s Status) After(results []Result) Status {
	for i := 0; i < len(results); i++ {
		r := results[i]
		if i+1 < len(results) && r.timedOut() && results[i+1].Request == PingRequest {
			i++
			r = r.afterPing(results[i])
			if !results[i].Canceled && results[i].pingEvidence() == pingUnsupported {
				s.noPing = results[i].Fault.From
			}
		}
		s = s.Next(r)
	}
	return s
}

// Following returns the request that follows the results in the same probe, false where none does.
func (s Status) Following(results []Result, now time.Time) (Request, bool) {
	last := results[len(results)-1]
	switch {
	case last.Canceled, last.Request == InfoRequest:
		return 0, false
	case last.timedOut() && s.noPing == 0:
		return PingRequest, true
	case !s.asksInfo:
		return 0, false
	}
	after := s.After(results)
	return InfoRequest, after.wantsInfo(now)
}

// Fresh reports whether the last probe is younger than the interval in force.
func (s *Status) Fresh(now time.Time) bool {
	return !s.sent.IsZero() && now.Sub(s.LastProbe) < s.EffectiveInterval()
}

// Reconfigured is the status under a new target. Where the entry has changed no backoff is in force any more. Of a
// printer that is disabled, nothing is known but its past.
func (s Status) Reconfigured(t Target, entryChanged bool) Status {
	if t.Disabled {
		return s.disabled(t)
	}
	if entryChanged {
		s = s.renewed()
	}
	return s.configured(t)
}

// disabled is the status of a printer that is not probed any more. A print in progress ends with PrintUnknown.
func (s Status) disabled(t Target) Status {
	if s.Print.InProgress() {
		s.endPrint(PrintUnknown, s.LastProbe)
	}
	s.interrupt(s.LastProbe)
	disabled := NewStatus(t)
	disabled.Print, disabled.Prints, disabled.History = Print{Ended: s.Print.Ended, EndedFrom: s.Print.EndedFrom}, s.Prints, s.History
	return disabled
}
