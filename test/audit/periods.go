package audit

import (
	"maps"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
)

// stretch is a time in which nothing changed for a printer, and the verdicts that are right then: several while it is not
// known, or left to chance, what whoever asks is told. The first one is the fault's own.
type period struct {
	from, to time.Time
	reasons  []string
}

func (s period) allows(reason string) bool { return slices.Contains(s.reasons, reason) }

// vague reports whether the printer may be well or not.
func (s period) isAmbiguous() bool { return len(s.reasons) > 1 && s.allows("") }

// String words what the printer was.
func (s period) String() string {
	words := make([]string, len(s.reasons))
	for i, r := range s.reasons {
		words[i] = reasonText(r)
	}
	return strings.Join(words, " or ")
}

// What the log of a relay does not say, but the simulator's documentation: how long a plugin may take to find a host that
// is back, and to come back after a restart of the service.
const (
	maxReconnectDelay = time.Minute
	maxReturnDelay    = 31 * time.Second
)

// split parts the events of the service from those of each printer, in order.
func splitEvents(events []simulator.Event) (service []simulator.Event, printers map[string][]simulator.Event) {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b simulator.Event) int { return a.Time.Compare(b.Time) })
	printers = map[string][]simulator.Event{}
	for _, e := range events {
		if e.Printer == "" {
			service = append(service, e)
		} else {
			printers[e.Printer] = append(printers[e.Printer], e)
		}
	}
	return service, printers
}

// moment is when something changes, and what.
type stateChange struct {
	at    time.Time
	apply func(*faultState)
}

// state is what stands at a moment.
type faultState struct {
	current          simulator.Fault
	hostLostReasons  []string // the reasons of a host that may still be lost, although it is there again
	serviceDown      bool
	pluginsReturning bool // plugins come back from a restart of the service
}

// truthOf draws up what was true of a printer.
func buildPeriods(own, service []simulator.Event, from, until time.Time) (truth []period) {
	var now faultState
	moments := slices.Concat(printerChanges(own), serviceChanges(service))
	slices.SortStableFunc(moments, func(a, b stateChange) int { return a.at.Compare(b.at) })
	add := func(to time.Time) {
		reasons := now.reasons()
		switch last := len(truth) - 1; {
		case !to.After(from):
		case last >= 0 && sameSet(truth[last].reasons, reasons):
			truth[last].to = to
		case last >= 0:
			truth = append(truth, period{truth[last].to, to, reasons})
		default:
			truth = append(truth, period{from, to, reasons})
		}
	}
	for _, m := range moments {
		if m.at.After(until) {
			break
		}
		add(m.at)
		m.apply(&now)
	}
	add(until)
	return truth
}

// momentsOf are those of a printer's own events.
func printerChanges(events []simulator.Event) (moments []stateChange) {
	for i, e := range events {
		f, ok := e.Fault()
		if !ok {
			if e.What == simulator.EventReconnected {
				moments = append(moments, stateChange{e.Time, func(s *faultState) { s.hostLostReasons = nil }})
			}
			continue
		}
		moments = append(moments, stateChange{e.Time, func(s *faultState) { s.setFault(f) }})
		found := e.Time.Add(maxReconnectDelay)
		if next := slices.IndexFunc(events[i+1:], isFault); next < 0 || events[i+1+next].Time.After(found) {
			moments = append(moments, stateChange{found, func(s *faultState) { s.hostLostReasons = nil }})
		}
	}
	return moments
}

func isFault(e simulator.Event) bool { _, ok := e.Fault(); return ok }

// put makes a fault stand. A plugin that had lost its host, and would tell of what is wrong with the printer, has to find
// the host first.
func (s *faultState) setFault(f simulator.Fault) {
	lost := s.hostLostReasons
	if losesHost(s.current) {
		lost = faultReasons(s.current)
	}
	s.current, s.hostLostReasons = f, nil
	if l := f.Expected().Layer; l == 0 || l == fault.Printer {
		s.hostLostReasons = lost
	}
}

func serviceChanges(events []simulator.Event) (moments []stateChange) {
	for _, e := range events {
		switch e.What {
		case simulator.EventServiceDown:
			moments = append(moments, stateChange{e.Time, func(s *faultState) { s.serviceDown = true }})
		case simulator.EventServiceUp:
			moments = append(moments, stateChange{e.Time, func(s *faultState) { s.serviceDown = false }})
		case simulator.EventServiceRestart:
			moments = append(moments, stateChange{e.Time, func(s *faultState) { s.pluginsReturning = true }},
				stateChange{e.Time.Add(maxReturnDelay), func(s *faultState) { s.pluginsReturning = false }})
		}
	}
	return moments
}

// reasons are the verdicts that are right. Nearer faults hide those behind them.
func (s *faultState) reasons() []string {
	means := s.current.Expected()
	switch {
	case means.Layer == fault.Network:
		return faultReasons(s.current)
	case s.serviceDown:
		return []string{simulator.ServiceError.Expected().Reason, simulator.Unavailable.Expected().Reason}
	}
	reasons := faultReasons(s.current)
	for _, r := range s.hostLostReasons {
		if !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	if offline := simulator.Offline.Expected().Reason; s.pluginsReturning && (means.None() || means.Layer >= fault.Plugin) && !slices.Contains(reasons, offline) {
		reasons = append(reasons, offline)
	}
	return reasons
}

// reasonsOf are the verdicts that are right while a fault stands. A plugin that is turned away by its host says now and then
// just that it is not connected.
func faultReasons(f simulator.Fault) []string {
	reasons := []string{f.Expected().Reason}
	if f == simulator.AuthInvalid || f == simulator.TooManyClients {
		reasons = append(reasons, simulator.Off.Expected().Reason)
	}
	return reasons
}

// losesHost reports whether the plugin has to find its host again when the fault is over.
func losesHost(f simulator.Fault) bool {
	return f == simulator.Off || f == simulator.AuthInvalid || f == simulator.TooManyClients
}

func sameSet(a, b []string) bool {
	set := func(list []string) map[string]bool {
		m := map[string]bool{}
		for _, r := range list {
			m[r] = true
		}
		return m
	}
	return maps.Equal(set(a), set(b))
}
