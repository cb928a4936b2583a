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

func (s period) allows(reason string) bool { return slices.Contains(s.reasons, reason) }

// isAmbiguous reports whether the printer may be healthy or not.
func (s period) isAmbiguous() bool { return len(s.reasons) > 1 && s.allows("") }

// String describes the period.
func (s period) String() string {
	words := make([]string, len(s.reasons))
	for i, r := range s.reasons {
		words[i] = reasonText(r)
	}
	return strings.Join(words, " or ")
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

// printerChanges returns the changes from a printer's own events.
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

// reasons returns the correct verdicts. Nearer faults hide those behind them.
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
