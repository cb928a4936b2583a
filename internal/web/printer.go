package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

type (
	printerPage struct {
		frame     // Title is the printer's name
		Summary   string
		Fault     fault.Fault // none: nothing stands
		Reason    string      // words
		Off       bool        // switched off while idle
		For       moment
		Job       job
		Ladder    []rung
		Verdicts  []stood
		Steps     []step
		Met       []met
		Facts     []fact // about the probes
		Reading   []fact
		Labels    []label
		Copies    []copyText
		ProbeLink string // where a probe is asked for; "" where nobody may
		JSON      string // where the same facts are for programs
	}
	rung struct {
		Layer    fault.Layer
		Question string
		Mark     view.Mark
		Seen     moment // zero: unknown
	}
	// stood is a verdict that stands, or stood for a while.
	stood struct {
		Layer        fault.Layer // none: all was well
		Reason, Code string
		Since        moment // as a time of day
		Ago          string
		Lasted       string
		Stands       bool
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
	name := r.PathValue("name")
	status, ok := s.Fleet.Status(name)
	if !ok {
		s.failLike(w, r, http.StatusNotFound, s.missing(name), name)
		return
	}
	now := time.Now()
	page := printerPage{
		frame:    s.frame(status.Name, "../", now),
		Summary:  verdict(status),
		Fault:    status.Fault,
		Reason:   view.Spaced(status.Fault.Reason),
		Off:      status.SwitchedOff(),
		For:      lasting(status.Since, now),
		Job:      jobOf(status, now),
		Ladder:   ladder(status, now),
		Verdicts: verdicts(status, now),
		Steps:    stepsOf(s.Fleet.Steps(status.Name), now),
		Met:      ledger(status, now),
		Facts:    s.facts(status, now),
		Reading:  readings(status, now),
		Labels:   sortedLabels(status),
		Copies:   copyTexts(status, s.metricsText(r, status)),
		JSON:     "../api/v1/printers/" + url.PathEscape(status.Name),
	}
	if s.Lifecycle {
		page.ProbeLink = "../-/probe?" + url.Values{"target": {status.Name}}.Encode()
	}
	s.show(w, http.StatusOK, "printer.html", page)
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
		rungs[i] = rung{Layer: l, Question: l.Question(), Mark: view.MarkOf(s, l, now)}
		if rungs[i].Mark != view.Unknown {
			rungs[i].Seen = ago(s.LayerSeen(l), now)
		}
	}
	return rungs
}

// verdicts are what stands and what stood before, the newest first.
func verdicts(s *probe.Status, now time.Time) []stood {
	all := s.Verdicts()
	rows := make([]stood, len(all))
	until := now
	for i, v := range all {
		rows[i] = stood{
			Layer: v.Fault.Layer, Reason: view.Spaced(v.Fault.Reason), Code: v.Fault.CodeLabel(),
			Since: clock(v.Since, now), Ago: ago(v.Since, now).Words,
			Lasted: view.Length(max(0, until.Sub(v.Since))), Stands: i == 0,
		}
		until = v.Since
	}
	return rows
}

// ledger is what the printer has met, the newest first.
func ledger(s *probe.Status, now time.Time) []met {
	entries := make([]met, len(s.Errors))
	for i, m := range s.Errors {
		entries[i] = met{m.Fault.Layer, view.Spaced(m.Fault.Reason), m.Code, m.Count, ago(m.Last, now), stands(s, i)}
	}
	slices.Reverse(entries)
	return entries
}

// facts are about how and when the printer is asked.
func (s *site) facts(status *probe.Status, now time.Time) []fact {
	facts := []fact{
		{Name: "last probe", At: ago(status.LastProbe, now)},
		{Name: "last success", At: ago(status.LastSuccess, now)},
		{Name: "next probe", At: ahead(s.Schedule.NextProbe(status), now)},
		{Name: "asked every", Value: every(status)},
		{Name: "probes made", Value: whole(float64(status.Probes))},
	}
	if status.Probes > 0 {
		facts = append(facts, fact{Name: "last probe took", Value: view.Brief(status.Took)})
	}
	return slices.DeleteFunc(append(facts, connection(status, now)...), func(f fact) bool { return f.Value == "" && f.At == moment{} })
}

// every is the distance of probes that is in force, and what is configured where that is another.
func every(s *probe.Status) string {
	inForce := view.Length(s.EffectiveInterval())
	switch {
	case s.EffectiveInterval() != s.Interval:
		return inForce + " while this fault stands, else " + view.Length(s.Interval)
	case s.Fault.Layer == fault.Host:
		return inForce + " by ping, which wakes nothing; for its status less often while this fault stands"
	}
	return inForce
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
	facts := []fact{{Name: "state", Value: view.State(s.Reading.State)}}
	for n, v := range present(s, now) {
		facts = append(facts, fact{Name: n.words, Value: n.say(v)})
	}
	if v := s.Reading.PlatformVersion(); v != "" {
		facts = append(facts, fact{Name: "platform", Value: v})
	}
	return facts
}
