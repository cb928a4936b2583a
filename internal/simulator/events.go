package simulator

import (
	"slices"
	"strings"
	"time"
)

// Event is a change of the relay's state, for comparison with the exporter's verdicts.
type Event struct {
	Time    time.Time `json:"time"`
	Printer string    `json:"printer,omitempty"` // "" for the service itself
	What    string    `json:"what"`
}

// Values of Event.What, besides "fault <word>" (see [Event.Fault]).
const (
	EventHealthy        = "healthy"       // the fault was cleared; a plugin that lost its host has yet to reconnect
	EventReconnected    = "reconnected"   // the plugin reconnected to its host
	EventPrintStarted   = "print started" // by StartPrint
	EventServiceDown    = "service down"
	EventServiceUp      = "service up"
	EventServiceRestart = "service restart" // plugins return 11 to 31 s later
)

// maxEvents bounds the event log. The newest events are kept.
const maxEvents = 4096

// record appends an event to the log.
func (r *Relay) record(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.log) >= 2*maxEvents {
		r.log = slices.Delete(r.log, 0, maxEvents)
	}
	r.log = append(r.log, e)
}

// Events returns the newest state changes, at most 4096, oldest first: manual changes, scripted changes, and
// reconnections of plugins, which are recorded at the first request that observes them.
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

// appendScripted appends the events of the printer's script, as far back as the log can hold.
func (p *printer) appendScripted(events []Event, now time.Time) []Event {
	if len(p.script) == 0 {
		return events
	}
	p.mu.Lock()
	until := p.scriptEnd(now).Sub(p.createdAt)
	p.mu.Unlock()
	previous := None
	window := time.Duration(maxEvents/len(p.script)+1) * p.script.cycle()
	for start, f := range p.script.phases(until-window, until) {
		if f != previous {
			events = append(events, Event{p.createdAt.Add(start), p.Name, eventText(f)})
		}
		previous = f
	}
	return events
}

// faultEventPrefix is how Event.What of a fault starts.
const faultEventPrefix = "fault "

// eventText returns Event.What for a fault.
func eventText(f Fault) string {
	if f == None {
		return EventHealthy
	}
	return faultEventPrefix + string(f)
}

// Fault returns the fault that is active from the event on, None if the printer is healthy. It returns false for events
// of other kinds.
func (e Event) Fault() (Fault, bool) {
	word, ok := strings.CutPrefix(e.What, faultEventPrefix)
	return Fault(word), ok || e.What == EventHealthy
}
