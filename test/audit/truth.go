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
type stretch struct {
	from, to time.Time
	reasons  []string
}

func (s stretch) holds(reason string) bool { return slices.Contains(s.reasons, reason) }

// vague reports whether the printer may be well or not.
func (s stretch) vague() bool { return len(s.reasons) > 1 && s.holds("") }

// String words what the printer was.
func (s stretch) String() string {
	words := make([]string, len(s.reasons))
	for i, r := range s.reasons {
		words[i] = called(r)
	}
	return strings.Join(words, " or ")
}

// What the log of a relay does not say, but the simulator's documentation: how long a plugin may take to find a host that
// is back, and to come back after a restart of the service.
const (
	reconnectsWithin = time.Minute
	returnsWithin    = 31 * time.Second
)

// split parts the events of the service from those of each printer, in order.
func split(events []simulator.Event) (service []simulator.Event, own map[string][]simulator.Event) {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b simulator.Event) int { return a.Time.Compare(b.Time) })
	own = map[string][]simulator.Event{}
	for _, e := range events {
		if e.Printer == "" {
			service = append(service, e)
		} else {
			own[e.Printer] = append(own[e.Printer], e)
		}
	}
	return service, own
}

// moment is when something changes, and what.
type moment struct {
	at     time.Time
	change func(*state)
}

// state is what stands at a moment.
type state struct {
	is     simulator.Fault
	was    []string // the reasons of a host that may still be lost, although it is there again
	down   bool
	absent bool // plugins come back from a restart of the service
}

// truthOf draws up what was true of a printer.
func truthOf(own, service []simulator.Event, from, until time.Time) (truth []stretch) {
	var now state
	moments := slices.Concat(momentsOf(own), momentsOfService(service))
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	add := func(to time.Time) {
		reasons := now.reasons()
		switch last := len(truth) - 1; {
		case !to.After(from):
		case last >= 0 && sameSet(truth[last].reasons, reasons):
			truth[last].to = to
		case last >= 0:
			truth = append(truth, stretch{truth[last].to, to, reasons})
		default:
			truth = append(truth, stretch{from, to, reasons})
		}
	}
	for _, m := range moments {
		if m.at.After(until) {
			break
		}
		add(m.at)
		m.change(&now)
	}
	add(until)
	return truth
}

// momentsOf are those of a printer's own events.
func momentsOf(events []simulator.Event) (moments []moment) {
	for i, e := range events {
		f, ok := e.Fault()
		if !ok {
			if e.What == simulator.EventReconnected {
				moments = append(moments, moment{e.Time, func(s *state) { s.was = nil }})
			}
			continue
		}
		moments = append(moments, moment{e.Time, func(s *state) { s.put(f) }})
		found := e.Time.Add(reconnectsWithin)
		if next := slices.IndexFunc(events[i+1:], isFault); next < 0 || events[i+1+next].Time.After(found) {
			moments = append(moments, moment{found, func(s *state) { s.was = nil }})
		}
	}
	return moments
}

func isFault(e simulator.Event) bool { _, ok := e.Fault(); return ok }

// put makes a fault stand. A plugin that had lost its host, and would tell of what is wrong with the printer, has to find
// the host first.
func (s *state) put(f simulator.Fault) {
	lost := s.was
	if losesHost(s.is) {
		lost = reasonsOf(s.is)
	}
	s.is, s.was = f, nil
	if l := f.Expected().Layer; l == 0 || l == fault.Printer {
		s.was = lost
	}
}

func momentsOfService(events []simulator.Event) (moments []moment) {
	for _, e := range events {
		switch e.What {
		case simulator.EventServiceDown:
			moments = append(moments, moment{e.Time, func(s *state) { s.down = true }})
		case simulator.EventServiceUp:
			moments = append(moments, moment{e.Time, func(s *state) { s.down = false }})
		case simulator.EventServiceRestart:
			moments = append(moments, moment{e.Time, func(s *state) { s.absent = true }},
				moment{e.Time.Add(returnsWithin), func(s *state) { s.absent = false }})
		}
	}
	return moments
}

// reasons are the verdicts that are right. Nearer faults hide those behind them.
func (s *state) reasons() []string {
	means := s.is.Expected()
	switch {
	case means.Layer == fault.Network:
		return reasonsOf(s.is)
	case s.down:
		return []string{simulator.ServiceError.Expected().Reason, simulator.Unavailable.Expected().Reason}
	}
	reasons := reasonsOf(s.is)
	for _, r := range s.was {
		if !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	if offline := simulator.Offline.Expected().Reason; s.absent && (means.None() || means.Layer >= fault.Plugin) && !slices.Contains(reasons, offline) {
		reasons = append(reasons, offline)
	}
	return reasons
}

// reasonsOf are the verdicts that are right while a fault stands. A plugin that is turned away by its host says now and then
// just that it is not connected.
func reasonsOf(f simulator.Fault) []string {
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
