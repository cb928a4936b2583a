package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

type (
	printerPage struct {
		frame   // Title is the printer's name
		Summary string
		Fault   fault.Fault // none: nothing stands
		Reason  string      // words
		For     moment
		Job     job
		Ladder  []rung
		Met     []met
		Facts   []fact // about the probes
		Reading []fact
		Labels  []fact
	}
	rung struct {
		Layer    fault.Layer
		Question string
		Mark     mark
		Seen     moment // zero: unknown
	}
	met struct {
		Layer        fault.Layer
		Reason, Code string
		Count        uint64
		Last         moment
		Stands       bool
	}
	fact struct {
		Name, Value string
		At          moment // in place of Value
	}
)

// printerPage shows one printer.
func (s *site) printerPage(w http.ResponseWriter, r *http.Request) {
	status, ok := s.Printer(r.PathValue("name"))
	if !ok {
		http.Error(w, s.missing(r.PathValue("name")), http.StatusNotFound)
		return
	}
	now := time.Now()
	s.show(w, "printer.html", printerPage{
		frame:   s.frame(status.Name, "../", now),
		Summary: verdict(status),
		Fault:   status.Fault,
		Reason:  spaced(status.Fault.Reason),
		For:     lasting(status.Since, now),
		Job:     jobOf(status, now),
		Ladder:  ladder(status, now),
		Met:     ledger(status, now),
		Facts:   s.facts(status, now),
		Reading: readings(status, now),
		Labels:  labelFacts(status),
	})
}

// verdict is what is known of a printer, in a sentence.
func verdict(s *probe.Status) string {
	switch {
	case neverAsked(s):
		return "This printer was not asked yet."
	case s.Fault.None():
		return "All is well."
	}
	return s.Fault.Meaning
}

func ladder(s *probe.Status, now time.Time) []rung {
	rungs := make([]rung, len(fault.Layers))
	for i, l := range fault.Layers {
		rungs[i] = rung{Layer: l, Question: l.Question(), Mark: markOf(s, l, now)}
		if rungs[i].Mark != markUnknown {
			rungs[i].Seen = ago(s.LayerSeen(l), now)
		}
	}
	return rungs
}

// ledger is what the printer has met, the newest first.
func ledger(s *probe.Status, now time.Time) []met {
	entries := make([]met, len(s.Ledger))
	for i, m := range s.Ledger {
		entries[i] = met{m.Fault.Layer, spaced(m.Fault.Reason), m.Code, m.Count, ago(m.Last, now), stands(s, i)}
	}
	slices.Reverse(entries)
	return entries
}

// facts are about how and when the printer is asked.
func (s *site) facts(status *probe.Status, now time.Time) []fact {
	facts := []fact{
		{Name: "last probe", At: ago(status.LastProbe, now)},
		{Name: "last success", At: ago(status.LastSuccess, now)},
		{Name: "next probe", At: ahead(s.NextProbe(status), now)},
		{Name: "asked every", Value: every(status)},
		{Name: "probes made", Value: whole(float64(status.Probes))},
	}
	if status.Probes > 0 {
		facts = append(facts, fact{Name: "last probe took", Value: rounded(status.Took).String()})
	}
	return slices.DeleteFunc(append(facts, connection(status, now)...), func(f fact) bool { return f.Value == "" && f.At == moment{} })
}

// every is the distance of probes that is in force, and what is configured where that is another.
func every(s *probe.Status) string {
	inForce := length(s.Distance())
	if s.Distance() == s.Interval {
		return inForce
	}
	return inForce + " while this fault stands, else " + length(s.Interval)
}

// connection is what the service says of the plugin's connection.
func connection(s *probe.Status, now time.Time) []fact {
	c := apiConnectionOf(s, now)
	if c == nil {
		return nil
	}
	return []fact{
		{Name: "plugin connected, says the service", Value: yesNo(c.Online)},
		{Name: "plugin last connected", At: ago(c.LastConnect, now)},
		{Name: "plugin last disconnected", At: ago(c.LastDisconnect, now)},
	}
}

// readings are what the printer says of itself.
func readings(s *probe.Status, now time.Time) []fact {
	if !s.HostUp(now) {
		return nil
	}
	facts := []fact{{Name: "state", Value: s.Reading.State.String()}}
	for n, v := range present(s, now) {
		facts = append(facts, fact{Name: n.words, Value: n.say(v)})
	}
	if v := s.Reading.PlatformVersion(); v != "" {
		facts = append(facts, fact{Name: "platform", Value: v})
	}
	return facts
}

func labelFacts(s *probe.Status) []fact {
	facts := make([]fact, 0, len(s.Labels))
	for name, value := range s.Labels {
		if value != "" {
			facts = append(facts, fact{Name: name, Value: value})
		}
	}
	slices.SortFunc(facts, func(a, b fact) int { return cmp.Compare(a.Name, b.Name) })
	return facts
}
