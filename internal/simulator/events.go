package simulator

import (
	"slices"
	"strings"
	"time"
)

// Event is a change of state in the relay, to be compared with what an exporter made of it.
type Event struct {
	Time    time.Time `json:"time"`
	Printer string    `json:"printer,omitempty"` // "" for the service itself
	What    string    `json:"what"`
}

// What happened, apart from "fault <word>", of which [Event.Fault] tells.
const (
	EventHealthy        = "well"            // nothing is wrong any more; a host that was lost is only there again
	EventReconnected    = "reconnected"     // the plugin has found its host again
	EventPrintStarted   = "print started"   // by hand
	EventServiceDown    = "service down"    //
	EventServiceUp      = "service up"      //
	EventServiceRestart = "service restart" // plugins are back 11 to 31 s later
)

// eventsKept bounds the log: the newest are kept.
const maxEvents = 4096

// record keeps an event.
func (r *Relay) record(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.log) >= 2*maxEvents {
		r.log = slices.Delete(r.log, 0, maxEvents)
	}
	r.log = append(r.log, e)
}

// Events are the newest changes of state, at most 4096, oldest first: what was done by hand, what scripts did by
// themselves, and when plugins found their hosts again, which is known once somebody has asked.
func (r *Relay) Events() []Event {
	r.mu.RLock()
	events := slices.Clone(r.log)
	r.mu.RUnlock()
	now := time.Now()
	for _, p := range r.printers {
		events = p.appendScripted(events, now)
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events[max(0, len(events)-maxEvents):]
}

// appendScripted adds what the script did, as far back as the log can hold.
func (p *printer) appendScripted(events []Event, now time.Time) []Event {
	if len(p.script) == 0 {
		return events
	}
	p.mu.Lock()
	until := p.scriptEnd(now).Sub(p.createdAt)
	p.mu.Unlock()
	before := None
	far := time.Duration(maxEvents/len(p.script)+1) * p.script.cycle()
	for start, f := range p.script.phases(until-far, until) {
		if f != before {
			events = append(events, Event{p.createdAt.Add(start), p.Name, eventText(f)})
		}
		before = f
	}
	return events
}

// faultIs begins the event of a fault.
const faultEventPrefix = "fault "

// happened words the event of a fault.
func eventText(f Fault) string {
	if f == None {
		return EventHealthy
	}
	return faultEventPrefix + string(f)
}

// Fault is what stands from the event on, None where all is well; false when the event is of another kind.
func (e Event) Fault() (Fault, bool) {
	word, ok := strings.CutPrefix(e.What, faultEventPrefix)
	return Fault(word), ok || e.What == EventHealthy
}
