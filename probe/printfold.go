package probe

import (
	"cmp"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// Limits of what is believed about a print.
const (
	maxIdleWithJob = 5 * time.Minute     // then it has ended
	maxUnseen      = 30 * 24 * time.Hour // then nobody will see it end
	minGoneBambu   = 2 * time.Minute     // the first response after a Bambu printer reconnects shows no job
	tickTolerance  = 10                  // two scheduled requests are an interval apart, less at most this part of it
)

// observation is what a result says about a print besides its response, which is passed separately so that it does not
// escape to the heap.
type observation struct {
	sent, at    time.Time // when the request was made, and when its response was complete
	interval    time.Duration
	unreachable bool // a layer from network to host fails
}

// updatePrint folds a result into the memory of prints. It needs the verdict after r.
func (s *Status) updatePrint(r *Result) {
	o := observation{sent: r.Sent, at: r.Ended(), interval: s.Interval, unreachable: !s.Fault.None() && s.Fault.Layer <= fault.Host}
	var reading *Reading
	if r.Request == StatusRequest && r.Reading.State != 0 && !o.unreachable {
		reading = &r.Reading
	}
	if ended, hasEnded := s.Print.observe(o, reading); hasEnded {
		s.Prints = s.Prints.add(ended)
	}
}

// observe folds an observation into the memory; r is the response, nil where it says nothing about the printer. A response
// that ends a print can begin another one. It returns the print that ended, false where none did.
func (p *Print) observe(o observation, r *Reading) (ended EndedPrint, hasEnded bool) {
	if p.InProgress() {
		if outcome := p.follow(o, r); outcome != 0 {
			*p = p.end(outcome, o.at)
			ended, hasEnded = p.ended(), true
		}
	}
	if !p.InProgress() && r != nil && r.beginsPrint() {
		before := p.Job
		*p = Print{Ended: p.Ended, EndedFrom: p.EndedFrom, Start: o.at, LastProgress: o.at}
		p.see(o, r)
		if p.Job == before {
			p.Job = 0 // the plugin may give the print its identifier a moment later; if it is the same one, the next response has it
		}
	}
	return ended, hasEnded
}

// beginsPrint reports whether a response shows a print that was not seen before.
func (r *Reading) beginsPrint() bool {
	switch r.State {
	case Printing, Paused, Resuming:
		return true
	case WarmingUp: // also homing without a job
		return r.FileName() != ""
	}
	return false
}

// follow folds an observation into the memory of the print in progress, and returns the print's outcome; 0 if it goes on.
func (p *Print) follow(o observation, r *Reading) Outcome {
	switch {
	case o.at.Sub(p.LastSeen) > maxUnseen:
		return PrintUnknown
	case o.unreachable:
		p.WasLost = true
		if p.LostSince.IsZero() {
			p.LostSince = o.at
		}
		if p.Suspicion == JobGone || p.Suspicion == IdleWithJob {
			p.suspect(0, time.Time{}) // they count only while the printer is reachable
		}
		return 0
	}
	p.LostSince = time.Time{}
	switch {
	case r == nil:
		return 0
	case p.isAnother(r):
		return PrintUnknown
	}
	return p.followState(o, r)
}

// followState is follow for a response that is about the printer and shows no other print.
func (p *Print) followState(o observation, r *Reading) Outcome {
	switch r.State {
	case Printing, Paused, Resuming:
		p.confirm(o, r)
	case Complete:
		return PrintComplete
	case Cancelled:
		return PrintCancelled
	case ErrorState:
		return p.followError(o, r)
	case UnknownState:
		if p.isShownBy(r) {
			p.confirm(o, r)
		}
	case WarmingUp:
		if r.FileName() == "" { // homing without a job
			return p.followIdle(o, r)
		}
		p.confirm(o, r)
	case Idle:
		return p.followIdle(o, r)
	}
	return 0
}

// followError is follow for the state error. On some platforms it is also a pause or a cancellation.
func (p *Print) followError(o observation, r *Reading) Outcome {
	switch {
	case saysCanceled(r.ErrorText()):
		return PrintCancelled
	case r.Platform() == Bambu, r.Platform() == PrusaLink, r.Platform() == UnknownPlatform:
		p.confirm(o, r)
	case p.Suspicion == InError:
		return PrintFailed
	default:
		p.suspect(InError, o.sent)
	}
	return 0
}

// followIdle is follow for a printer that is idle, or warms up without a file name.
func (p *Print) followIdle(o observation, r *Reading) Outcome {
	progress, _ := r.Value(Progress)
	shown := p.isShownBy(r)
	switch {
	case shown && r.State == WarmingUp:
		p.confirm(o, r)
	case saysCanceled(r.ErrorText()):
		return PrintCancelled
	case shown && progress >= 1:
		return PrintComplete
	case shown && p.Suspicion == IdleWithJob && o.sent.Sub(p.SuspicionSince) > maxIdleWithJob:
		return PrintUnknown
	case shown:
		p.see(o, r)
		p.suspect(IdleWithJob, o.sent)
	case p.Suspicion != JobGone:
		p.suspect(JobGone, o.sent)
	case o.sent.Sub(p.SuspicionSince) >= goneAfter(o, r):
		return p.goneOutcome(o)
	}
	return 0
}

// goneAfter is how far apart the two responses without the job are that end a print.
func goneAfter(o observation, r *Reading) time.Duration {
	d := o.interval
	if r.Platform() == Bambu {
		d = max(d, minGoneBambu)
	}
	return d - o.interval/tickTolerance
}

// goneOutcome is the outcome of a print whose job is gone. Where nobody looked at the printer for a while, because the exporter was
// down, what took the exporter may have taken the printer: the power, above all.
func (p *Print) goneOutcome(o observation) Outcome {
	wasUnwatched := p.SuspicionSince.Sub(p.LastSeen) > evidenceIntervals*o.interval
	goneEarly := p.SuspicionSince.Before(p.ExpectedEnd)
	switch {
	case !p.WasLost && !wasUnwatched:
		return PrintVanished
	case goneEarly:
		return PrintFailed
	}
	return PrintUnknown
}

// confirm folds a response that shows that the print goes on.
func (p *Print) confirm(o observation, r *Reading) {
	p.see(o, r)
	p.suspect(0, time.Time{})
}

// suspect replaces the suspicion; at is when the response that shows it was requested.
func (p *Print) suspect(why Suspicion, at time.Time) {
	if p.Suspicion != why {
		p.Suspicion, p.SuspicionSince = why, at
	}
}

// isAnother reports whether a response shows another print than the one in progress.
func (p *Print) isAnother(r *Reading) bool {
	if job := hashText(r.JobID()); p.Job != 0 && job != 0 {
		return p.Job != job
	}
	switch r.State {
	case Idle, ErrorState, UnknownState:
		return false // no print: it may be a file that was selected, or a job that is gone
	}
	if file := hashText(r.FileName()); p.File != 0 && file != 0 && p.File != file {
		return true
	}
	return r.reportsJob() && r.beginsPrint() && p.isAheadOf(r)
}

// reportsJob reports whether the numbers of a response are those of the job: PrusaLink reports 0 for a job while it is busy
// or needs attention.
func (r *Reading) reportsJob() bool {
	return r.Platform() != PrusaLink || r.State != WarmingUp && r.State != ErrorState
}

// isAheadOf reports whether progress and duration both fell in a response.
func (p *Print) isAheadOf(r *Reading) bool {
	progress, hasProgress := r.Value(Progress)
	duration, hasDuration := r.Value(Duration)
	return hasProgress && hasDuration && progress < p.Progress && duration < p.Duration
}

// isShownBy reports whether a response has the job of the print in progress, whatever its state.
func (p *Print) isShownBy(r *Reading) bool {
	file := hashText(r.FileName())
	switch {
	case p.isAheadOf(r):
		return false
	case p.File != 0 || file != 0:
		return file != 0 && (p.File == 0 || p.File == file)
	}
	progress, _ := r.Value(Progress)
	return progress > 0 && progress >= p.Progress
}

// see remembers what a response shows of the print in progress.
func (p *Print) see(o observation, r *Reading) {
	p.LastSeen, p.WasLost = o.at, false
	p.Job, p.File = cmp.Or(hashText(r.JobID()), p.Job), cmp.Or(hashText(r.FileName()), p.File)
	if left, known := r.Value(TimeLeft); known {
		p.ExpectedEnd = o.at.Add(time.Duration(left * float64(time.Second)))
	}
	if !p.hasNumbersIn(r) {
		return
	}
	p.seeNumber(&p.Progress, r, Progress, o.at)
	p.seeNumber(&p.Layer, r, Layer, o.at)
	if d, known := r.Value(Duration); known {
		p.Duration = d
	}
}

// seeNumber remembers progress or layer, and when it rose.
func (p *Print) seeNumber(last *float64, r *Reading, f Field, at time.Time) {
	v, known := r.Value(f)
	if !known {
		return
	}
	if v > *last {
		p.LastProgress = at
	}
	*last = v
}

// hashText returns the FNV-1a hash of a text, 0 for "". Texts are compared by it so that they need not be remembered.
func hashText(text string) uint64 {
	if text == "" {
		return 0
	}
	hash := uint64(14695981039346656037)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 1099511628211
	}
	return hash
}

// saysCanceled reports whether a printer's error says that the print was canceled.
func saysCanceled(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "canceled") || strings.Contains(text, "cancelled")
}
