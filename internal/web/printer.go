package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

type (
	printerPage struct {
		frame     // Title is the printer's name
		Chip      chip
		Headline  string
		Fault     fault.Fault // none: no fault is active
		Reason    string
		Off       string // that it is off on purpose; "" where it is not
		Disabled  bool
		Said      string // why the printer is in its state, in its own words; "" where that is unknown
		Blocked   string // that the fault is about this machine, and how many printers it affects; "" where it is not
		For       timeText
		Activity  view.Activity
		Kinds     []view.Kind
		Windows   []window
		Layers    []layerRow
		History   []historyRow
		Requests  []requestItem
		Errors    []errorRow
		Probes    []fact
		Data      []fact
		Labels    []label
		Snippets  []snippet
		Print     []fact // none: no print is in progress
		Prints    []printRow
		ProbeLink string // "" without the lifecycle API
		// AcknowledgeLink is "" without the lifecycle API and where no print is lost.
		AcknowledgeLink string
		JSON            string
	}
	layerRow struct {
		Layer       fault.Layer
		Check       string
		Mark        view.Mark
		LastChecked timeText
	}
	requestItem struct {
		view.RequestTrace
		Sent   timeText
		Reason string
	}
	errorRow struct {
		Layer        fault.Layer
		Reason, Code string
		Count        uint64
		LastSeen     timeText
		Active       bool
	}
	fact struct {
		Name, Value string
		Time        timeText // in place of Value
	}
)

// printerPage shows one printer.
func (s *site) printerPage(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	status, ok := s.Fleet.Status(name)
	if !ok {
		s.failWithSuggestions(w, r, http.StatusNotFound, s.missing(name), name)
		return
	}
	periods, prints, ok := s.past(w, r, name)
	if !ok {
		return
	}
	now, results := time.Now(), s.Fleet.Steps(name)
	page := printerPage{
		frame:    s.liveFrame(r, status.Name, "../", "", now),
		Chip:     chipOf(status),
		Headline: view.Headline(status),
		Fault:    status.Fault,
		Reason:   view.Spaced(status.Fault.Reason),
		Off:      view.OffWord(status),
		Disabled: status.Disabled,
		Said:     view.Explanation(status, now),
		For:      elapsed(status.Since, now),
		Activity: view.ActivityOf(status, now),
		Layers:   layerRows(status, now),
		Kinds:    view.Kinds,
		Windows:  windowsOf(status, periods, prints, now),
		History:  historyRows(status, periods, prints, now),
		Requests: requestItems(results, now),
		Errors:   errorRows(status, now),
		Probes:   s.probeFacts(status, now),
		Data:     dataFacts(status, now),
		Print:    printFacts(&status.Print, now),
		Prints:   printRows(prints, now),
		Labels:   sortedLabels(status),
		Snippets: snippetsOf(status, s.metricsText(r, status, results)),
		JSON:     "../api/v1/printers/" + url.PathEscape(status.Name),
	}
	if view.BlocksMachine(status.Fault) {
		affected, all := view.CountReason(s.Fleet.All(), status.Fault.Reason)
		page.Blocked = view.BlockedNote(status.Fault, affected, all)
	}
	if s.Lifecycle {
		target := url.Values{"target": {status.Name}}.Encode()
		page.ProbeLink = "../-/probe?" + target
		if status.LostDuringPrint() {
			page.AcknowledgeLink = "../-/acknowledge?" + target
		}
	}
	s.show(w, http.StatusOK, "printer.html", page)
}

func layerRows(s *probe.Status, now time.Time) []layerRow {
	rows := make([]layerRow, len(fault.Layers))
	for i, l := range fault.Layers {
		rows[i] = layerRow{Layer: l, Check: l.Question(), Mark: view.MarkOf(s, l, now)}
		if rows[i].Mark != view.Unknown {
			rows[i].LastChecked = ago(view.Length, s.LayerSeen(l), now)
		}
	}
	return rows
}

func requestItems(results []probe.Result, now time.Time) []requestItem {
	items := make([]requestItem, len(results))
	for i, t := range view.TracesOf(results) {
		items[i] = requestItem{t, ago(view.Length, t.Start, now), view.Spaced(t.Fault.Reason)}
	}
	return items
}

// errorRows are the faults since the exporter started, the newest first.
func errorRows(s *probe.Status, now time.Time) []errorRow {
	rows := make([]errorRow, len(s.Errors))
	for i, e := range s.Errors {
		rows[i] = errorRow{e.Fault.Layer, view.Spaced(e.Fault.Reason), e.Code, e.Count, ago(view.Length, e.Last, now), view.IsActive(s, i)}
	}
	slices.Reverse(rows)
	return rows
}

// probeFacts are about the probes and the plugin's connection. Those without a value are left out.
func (s *site) probeFacts(status *probe.Status, now time.Time) []fact {
	facts := []fact{
		{Name: "last probe", Time: ago(view.Length, status.LastProbe, now)},
		{Name: "last success", Time: ago(view.Length, status.LastSuccess, now)},
		{Name: "next probe", Time: ahead(view.Length, s.Schedule.NextProbe(status), now)},
		{Name: "interval", Value: intervalText(status)},
		{Name: "probes", Value: strconv.FormatUint(status.Probes, 10)},
	}
	if status.Probed() {
		facts = append(facts, fact{Name: "last probe duration", Value: view.Brief(status.Took)})
	}
	if c := api.ConnectionOf(status, now); c != nil {
		facts = append(facts,
			fact{Name: "plugin online, according to the service", Value: onlineText(c)},
			fact{Name: "plugin last connected", Time: ago(view.Length, c.LastConnect, now)},
			fact{Name: "plugin last disconnected", Time: ago(view.Length, c.LastDisconnect, now)})
	}
	facts = append(facts, fact{Name: "last info request", Value: view.Info(status)})
	return withoutEmpty(facts)
}

func withoutEmpty(facts []fact) []fact {
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" && f.Time == timeText{} })
}

// printFacts are about the print in progress.
func printFacts(p *probe.Print, now time.Time) []fact {
	if !p.InProgress() {
		return nil
	}
	facts := []fact{{Name: "status", Value: view.PrintStatus(p)}}
	for _, f := range [...]struct {
		name string
		at   time.Time
	}{
		{"first seen", p.Start},
		{"last seen", p.LastSeen},
		{"last progress", p.LastProgress},
		{"lost since", p.LostSince},
	} {
		facts = append(facts, fact{Name: f.name, Time: ago(view.Length, f.at, now)})
	}
	return withoutEmpty(facts)
}

// onlineText is whether the plugin is online; "" where that is unknown.
func onlineText(c *api.Connection) string {
	if c.Online == nil {
		return ""
	}
	return view.YesNo(*c.Online)
}

// intervalText is the interval in force, and what it was configured as where a backoff changes it.
func intervalText(s *probe.Status) string {
	interval := view.Length(s.EffectiveInterval())
	switch {
	case s.EffectiveInterval() != s.Interval:
		return interval + " (backoff; configured: " + view.Length(s.Interval) + ")"
	case s.StatusInterval() != s.Interval:
		return interval + " (ping requests; status requests back off)"
	}
	return interval
}

// dataFacts are what the printer reports besides its activity.
func dataFacts(s *probe.Status, now time.Time) []fact {
	if !s.ReadingHolds(now) {
		return nil
	}
	var facts []fact
	for _, d := range view.Data(s, now) {
		if d.Field != probe.Progress && d.Field != probe.TimeLeft {
			facts = append(facts, fact{Name: d.Label, Value: d.Value})
		}
	}
	for _, e := range view.GadgetEvents(s, now) {
		facts = append(facts, fact{Name: e.Label, Time: ago(view.Length, e.Time, now)})
	}
	if v := s.Reading.PlatformVersion(); v != "" {
		facts = append(facts, fact{Name: "platform", Value: v})
	}
	return facts
}
