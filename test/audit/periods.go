package audit

import (
	"maps"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
)

// period is a time in which nothing changed for a printer, with its correct verdicts. There are several if it is
// unknown or
// random what the relay responds. The first one is that of the fault itself.
type period struct {
	from, to time.Time
	reasons  []string
}

func (p period) allows(reason string) bool { return slices.Contains(p.reasons, reason) }

// isAmbiguous reports whether the printer may be healthy or not.
func (p period) isAmbiguous() bool { return len(p.reasons) > 1 && p.allows("") }

// String describes the period.
func (p period) String() string {
	texts := make([]string, len(p.reasons))
	for i, r := range p.reasons {
		texts[i] = reasonText(r)
	}
	return strings.Join(texts, " or ")
}

// The simulator's event log has no events for these: the longest time until a plugin reconnects to its host, and until it
// returns after a restart of the service.
const (
	maxReconnectDelay = time.Minute
	maxReturnDelay    = 31 * time.Second
)

// splitEvents separates the events of the service from those of each printer, sorted by time.
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

// stateChange is a change of a printer's state.
type stateChange struct {
	at    time.Time
	apply func(*faultState)
}

// faultState is a printer's state.
type faultState struct {
	current          simulator.Fault
	hostLostReasons  []string // reasons of a lost host that the plugin may not have reconnected to
	serviceDown      bool
	pluginsReturning bool // after a restart of the service
}

// buildPeriods returns the periods of a printer.
func buildPeriods(printer, service []simulator.Event, from, until time.Time) (periods []period) {
	var now faultState
	changes := slices.Concat(printerChanges(printer), serviceChanges(service))
	slices.SortStableFunc(changes, func(a, b stateChange) int { return a.at.Compare(b.at) })
	add := func(to time.Time) {
		reasons := now.reasons()
		switch last := len(periods) - 1; {
		case !to.After(from):
		case last >= 0 && sameSet(periods[last].reasons, reasons):
			periods[last].to = to
		case last >= 0:
			periods = append(periods, period{periods[last].to, to, reasons})
		default:
			periods = append(periods, period{from, to, reasons})
		}
	}
	for _, m := range changes {
		if m.at.After(until) {
			break
		}
		add(m.at)
		m.apply(&now)
	}
	add(until)
	return periods
}

// printerChanges returns the changes from a printer's printer events.
func printerChanges(events []simulator.Event) (changes []stateChange) {
	for i, e := range events {
		f, ok := e.Fault()
		if !ok {
			if e.What == simulator.EventReconnected {
				changes = append(changes, stateChange{e.Time, func(s *faultState) { s.hostLostReasons = nil }})
			}
			continue
		}
		changes = append(changes, stateChange{e.Time, func(s *faultState) { s.setFault(f) }})
		reconnected := e.Time.Add(maxReconnectDelay)
		if next := slices.IndexFunc(events[i+1:], isFault); next < 0 || events[i+1+next].Time.After(reconnected) {
			changes = append(changes, stateChange{reconnected, func(s *faultState) { s.hostLostReasons = nil }})
		}
	}
	return changes
}

func isFault(e simulator.Event) bool { _, ok := e.Fault(); return ok }

// setFault sets the fault. A plugin that lost its host must reconnect before it can report a fault of the printer.
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

func serviceChanges(events []simulator.Event) (changes []stateChange) {
	for _, e := range events {
		switch e.What {
		case simulator.EventServiceDown:
			changes = append(changes, stateChange{e.Time, func(s *faultState) { s.serviceDown = true }})
		case simulator.EventServiceUp:
			changes = append(changes, stateChange{e.Time, func(s *faultState) { s.serviceDown = false }})
		case simulator.EventServiceRestart:
			changes = append(changes, stateChange{e.Time, func(s *faultState) { s.pluginsReturning = true }},
				stateChange{e.Time.Add(maxReturnDelay), func(s *faultState) { s.pluginsReturning = false }})
		}
	}
	return changes
}

// reasons returns the correct verdicts. Nearer faults hide those behind them.
func (s *faultState) reasons() []string {
	expected := s.current.Expected()
	switch {
	case expected.Layer == fault.Network:
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
	if offline := simulator.Offline.Expected().Reason; s.pluginsReturning && (expected.None() || expected.Layer >= fault.Plugin) && !slices.Contains(reasons, offline) {
		reasons = append(reasons, offline)
	}
	return reasons
}

// faultReasons returns the correct verdicts of a fault. A plugin that its host rejects sometimes responds 785.
func faultReasons(f simulator.Fault) []string {
	reasons := []string{f.Expected().Reason}
	if f == simulator.AuthInvalid || f == simulator.TooManyClients {
		reasons = append(reasons, simulator.Off.Expected().Reason)
	}
	return reasons
}

// losesHost reports whether the plugin must reconnect to its host after the fault.
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
