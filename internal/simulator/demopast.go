package simulator

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// DemoPastLength is how long the past of the demo is.
const DemoPastLength = 7 * 24 * time.Hour

// Outages of the service in the past of the demo: when they begin, and how long each lasts.
const (
	firstPastOutage  = 60 * time.Hour
	secondPastOutage = 158 * time.Hour
	pastOutageLength = 40 * time.Minute
)

// DemoPast returns the fleet of [Demo] in the week before end. Its prints take hours, all printers have failed at times, and those
// that fail permanently in the demo have done so for some hours or days. No print is in progress at the end. It is not a relay to
// connect to: [Relay.ResponseAt] has its responses.
func DemoPast(seed uint64, end time.Time) *Relay {
	specs := make([]spec, len(demoPrinters))
	for i, s := range demoPrinters {
		specs[i] = s.spec(seed, i).past(printerRand(seed, i, 3))
	}
	return newRelayAt(end.Add(-DemoPastLength), seed, "", Latency{}, specs)
}

// past returns the printer as it was in the past.
func (s spec) past(r *rand.Rand) spec {
	if s.cycle.printing > 0 {
		s.cycle = printCycle{
			warmup:   randomDuration(r, 2*time.Minute, 4*time.Minute),
			printing: randomDuration(r, 40*time.Minute, 7*time.Hour),
			idle:     randomDuration(r, time.Hour, 6*time.Hour),
		}
		s.cycleOffset = s.cycle.startAfter(DemoPastLength)
	}
	last := scriptPhase{None, 0}
	if len(s.script) == 1 {
		last.fault = s.script[0].fault
	}
	s.script = script{}
	// until adds phases up to a time: none, a fault of the printer's own, and none.
	until := func(end time.Duration) {
		left := end - s.script.cycle()
		before, own := randomDuration(r, left/8, left/2), randomDuration(r, 20*time.Minute, 3*time.Hour)
		fault := [...]Fault{Offline, Timeout, None, Off, None, Offline, None}[r.IntN(7)]
		s.script = append(s.script, scriptPhase{None, before}, scriptPhase{fault, own}, scriptPhase{None, left - before - own})
	}
	for _, outage := range [...]time.Duration{firstPastOutage, secondPastOutage} {
		until(outage)
		s.script = append(s.script, scriptPhase{ServiceError, pastOutageLength})
	}
	if last.fault != None {
		began := randomDuration(r, 50*time.Hour, 150*time.Hour)
		if s.cycle.printing > 0 {
			s.cycleOffset = s.cycle.startAfter(began)
		}
		s.script = s.script.before(began)
	}
	s.script = append(s.script, last)
	return s
}

// startAfter returns the position at the start of a cycle with which a print begins just after a time: until then, none is in
// progress.
func (c printCycle) startAfter(t time.Duration) time.Duration {
	return c.length() - (t+time.Minute)%c.length()
}

// before returns the phases until a time.
func (s script) before(end time.Duration) (cut script) {
	for _, p := range s {
		p.duration = min(p.duration, end)
		if end -= p.duration; p.duration == 0 {
			break
		}
		cut = append(cut, p)
	}
	return cut
}

// PastResponse is the response to a request in the past.
type PastResponse struct {
	HTTPStatus int // 0: the connection was refused, or the request timed out
	TimedOut   bool
	Body       []byte
}

// ResponseAt returns the response of a printer to a status request at a time, or to a ping. Times must not decrease. It panics if
// there is no such printer.
func (r *Relay) ResponseAt(name string, ping bool, at time.Time) PastResponse {
	q := statusRequest
	if ping {
		q = pingRequest
	}
	x, _ := r.respond(r.byName[name], q, true, nil, at)
	switch x.kind {
	case noResponse:
		return PastResponse{TimedOut: true}
	case connectionReset, connectionRefused, truncatedBody, garbageBytes:
		return PastResponse{}
	}
	if x.status == http.StatusOK || x.body == nil {
		return PastResponse{HTTPStatus: x.status, Body: x.body}
	}
	return PastResponse{HTTPStatus: x.status}
}
