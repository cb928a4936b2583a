package probe

import (
	"errors"
	"time"
)

// Outcome is how a print ended. The zero value means that it has not.
type Outcome uint8

// The outcomes.
const (
	PrintComplete  Outcome = iota + 1
	PrintCancelled         // according to the printer
	PrintFailed            // an error ended it, or it was gone before it could have been complete after an outage or unwatched time
	PrintVanished          // the job disappeared from a printer that was reachable
	PrintUnknown           // the end was not seen, or never will be
)

var outcomeNames = [...]string{
	PrintComplete: "complete", PrintCancelled: "cancelled", PrintFailed: "failed", PrintVanished: "vanished", PrintUnknown: "unknown",
}

// Outcomes lists all outcomes.
var Outcomes = [...]Outcome{PrintComplete, PrintCancelled, PrintFailed, PrintVanished, PrintUnknown}

// String returns the outcome's word, the value of the label `outcome`; "" where the print has not ended.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return ""
}

// ParseOutcome returns the outcome of a word, 0 where there is none.
func ParseOutcome(word string) Outcome {
	for _, o := range Outcomes {
		if o.String() == word {
			return o
		}
	}
	return 0
}

// Print is what is remembered of a printer's last print, from its first sight to its outcome, and how many prints have ended.
// It is a value that can be serialized. The zero value means that no print was seen.
type Print struct {
	Job, File uint64 // hashes of the plugin's identifier and of the file's name; 0: unknown. File is 0 also after the end

	Start        time.Time // first sight; zero: no print was seen
	LastSeen     time.Time // the last response that showed the print
	LastProgress time.Time // when progress or layer last rose; Start until then
	ExpectedEnd  time.Time // LastSeen plus the time left that the printer estimated; zero: unknown
	LostSince    time.Time // the first probe after LastSeen that did not reach the host; zero: the print is not lost
	End          time.Time // zero: the print has not ended
	Outcome      Outcome

	Progress, Duration, Layer float64 // when last seen; 0: unknown

	Suspicion      Suspicion // why the print may have ended
	SuspicionSince time.Time // when the first response that showed it was requested
	WasLost        bool      // the print was lost since LastSeen

	Ended     [len(outcomeNames)]uint64 // how many prints ended, by outcome
	EndedFrom time.Time                 // when Ended began to count; zero: unknown
}

// Suspicion is a sign that a print has ended, which later responses confirm or refute. The zero value is none.
type Suspicion uint8

// The suspicions.
const (
	JobGone     Suspicion = iota + 1
	IdleWithJob           // idle, and the job is still shown; plugins report states they do not know as idle
	InError               // on a platform where an error ends a print
)

// InProgress reports whether a print has begun and is not known to have ended.
func (p *Print) InProgress() bool { return !p.Start.IsZero() && p.Outcome == 0 }

// Lost reports whether a print is in progress on a printer whose software cannot be reached.
func (p *Print) Lost() bool { return !p.LostSince.IsZero() }

// end returns the memory after the end of the print in progress.
func (p Print) end(o Outcome, at time.Time) Print {
	p.Outcome, p.End, p.LostSince = o, at, time.Time{}
	p.Suspicion, p.SuspicionSince, p.WasLost = 0, time.Time{}, false
	p.File = 0
	p.Ended[o]++
	return p
}

// ended returns the last print, which has ended.
func (p *Print) ended() EndedPrint { return EndedPrint{p.Start, p.End, p.Outcome, p.Progress} }

// endPrint ends the print in progress.
func (s *Status) endPrint(o Outcome, at time.Time) {
	s.Print = s.Print.end(o, at)
	s.Prints = s.Prints.add(s.Print.ended())
}

// ErrNotLost means that no print of the printer is lost.
var ErrNotLost = errors.New("no print is lost")

// Acknowledged returns the status after somebody has taken note of a lost print, which ends it. It fails with ErrNotLost.
func (s Status) Acknowledged(at time.Time) (Status, error) {
	if !s.Print.Lost() {
		return s, ErrNotLost
	}
	s.endPrint(PrintUnknown, at)
	return s, nil
}

// LostDuringPrint reports whether a layer from network to host fails while a print is in progress.
func (s *Status) LostDuringPrint() bool { return s.Print.Lost() }
