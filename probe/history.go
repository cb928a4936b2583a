package probe

import (
	"slices"
	"time"
	"unique"

	"octoeverywhere_exporter/fault"
)

// What is kept in memory of a printer's past: a hundred periods and a hundred prints at most, of the last day.
const (
	maxHistory = 100
	historyAge = 24 * time.Hour
)

// Verdict is the conclusion about a printer during a period: the fault that is active, or none.
type Verdict struct {
	Fault   fault.Fault
	Unknown bool      // the printer was not probed: the exporter was down, or the printer disabled or removed
	Since   time.Time // the period ends when the next one begins
}

// History holds the periods before the present one, the newest last. It is never changed in place.
type History []pastVerdict

// pastVerdict is a Verdict in 24 bytes.
type pastVerdict struct {
	fault   unique.Handle[fault.Fault]
	since   int64 // Unix time in milliseconds
	unknown bool
}

func (v pastVerdict) verdict() Verdict {
	return Verdict{v.fault.Value(), v.unknown, time.UnixMilli(v.since)}
}

func (v Verdict) past() pastVerdict {
	return pastVerdict{unique.Make(v.Fault), v.Since.UnixMilli(), v.Unknown}
}

// add returns a history that ends with v, which ended at a time.
func (h History) add(v Verdict, ended time.Time) History {
	kept := h[max(0, len(h)+1-maxHistory):]
	oldest := ended.Add(-historyAge).UnixMilli()
	for len(kept) > 1 && kept[1].since < oldest || len(kept) == 1 && v.Since.UnixMilli() < oldest {
		kept = kept[1:] // it ended when the next one began
	}
	next := make(History, 0, len(kept)+1)
	return append(append(next, kept...), v.past())
}

// endPeriod adds the present verdict to the history.
func (s *Status) endPeriod(at time.Time) {
	if !s.periodStart.IsZero() {
		s.History = s.History.add(Verdict{Fault: s.Fault, Since: s.periodStart}, at)
		s.periodStart = time.Time{}
	}
}

// endStalePeriod ends the period at the last probe if what that showed was too old before the probe that ended at a time. The
// verdict still holds if the probe confirms it.
func (s *Status) endStalePeriod(at time.Time) {
	if !s.verdictHolds(at) {
		s.interrupt(at)
	}
}

// verdictHolds reports whether there is a verdict, and what the last probe showed is not too old. A printer that is not probed
// any more has none.
func (s *Status) verdictHolds(now time.Time) bool {
	return !s.periodStart.IsZero() && now.Sub(s.LastProbe) <= evidenceIntervals*s.EffectiveInterval()+s.Interval
}

// unknownSince is when nothing was known any more: after the last probe. A period that this probe began lasts a millisecond,
// because no two periods can begin at the same one.
func (s *Status) unknownSince() time.Time {
	if s.LastProbe.UnixMilli() <= s.periodStart.UnixMilli() {
		return s.periodStart.Add(time.Millisecond)
	}
	return s.LastProbe
}

// interrupt ends the period at the last probe. What follows is unknown until the next one.
func (s *Status) interrupt(at time.Time) {
	if !s.periodStart.IsZero() {
		since := s.unknownSince()
		s.endPeriod(s.LastProbe)
		s.History = s.History.add(Verdict{Unknown: true, Since: since}, at)
	}
}

// Verdicts returns the present verdict and those before it, the newest first; none before the first probe.
func (s *Status) Verdicts() []Verdict {
	all := make([]Verdict, 0, len(s.History)+1)
	if !s.periodStart.IsZero() {
		all = append(all, Verdict{Fault: s.Fault, Since: s.periodStart})
	}
	for _, v := range slices.Backward(s.History) {
		all = append(all, v.verdict())
	}
	return all
}

// Periods returns the verdicts up to now, the oldest first. Each ends when the next one begins, and the last one is in force. That
// is Verdict.Unknown where the printer is not probed any more.
func (s *Status) Periods(now time.Time) []Verdict {
	all := s.Verdicts()
	slices.Reverse(all)
	if !s.periodStart.IsZero() && !s.verdictHolds(now) {
		all = append(all, Verdict{Unknown: true, Since: s.unknownSince()})
	}
	return all
}

// EndedPrint is a print that has ended.
type EndedPrint struct {
	Start, End time.Time
	Outcome    Outcome
	Progress   float64 // 0 to 1, when last seen
}

// Prints holds prints that ended, the newest last. It is never changed in place.
type Prints []EndedPrint

// add returns prints that end with p.
func (prints Prints) add(p EndedPrint) Prints {
	kept := prints[max(0, len(prints)+1-maxHistory):]
	for len(kept) > 0 && p.End.Sub(kept[0].End) > historyAge {
		kept = kept[1:]
	}
	next := make(Prints, 0, len(kept)+1)
	return append(append(next, kept...), p)
}
