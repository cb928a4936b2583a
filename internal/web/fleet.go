package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

const (
	maxLostNames = 10 // in the banner of lost prints
	firstCauses  = 3  // are always visible; the others when the reader wants them
)

type (
	fleetPage struct {
		frame
		Summary  string
		Selected string // how many printers the filter selects
		Empty    bool   // no printer is configured
		Edges    []edgeBanner
		Tiles    []tile
		Lost     []printerLink
		MoreLost string // how many further prints may be lost; "" where none
		Causes   []causeItem
		// MoreCauses are those behind the first ones.
		MoreCauses []causeItem
		Form       searchForm
		Heads      []columnHead
		Layers     []fault.Layer
		Kinds      []view.Kind // of the strips
		Rows       []fleetRow
		Pager      pager
	}
	edgeBanner struct {
		Name, Cause string
		For         timeText
	}
	causeItem struct {
		view.Cause
		Key          string // id of the element, unique and stable
		Reason, Link string
		Count        string
		Blocked      string // that the cause is about this machine; "" where it is not
	}
)

// fleetPage shows all printers.
func (s *site) fleetPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	f, err := filterOf(query)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	number, err := pageNumber(query)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	now := time.Now()
	sel := selectPrinters(s.printers(r), f, now, s.Schedule.NextProbe)
	p := fleetPage{
		frame:    s.liveFrame(r, pageTitle(&sel), "./", "fleet", now),
		Summary:  summary(&sel, f),
		Selected: selectedCount(&sel, f),
		Edges:    s.downEdges(now),
		Empty:    sel.Configured == 0,
		Tiles:    tiles(&sel, f),
		Form:     formOf(&sel, f),
		Heads:    columnHeads(f),
		Layers:   fault.Layers[:],
		Kinds:    view.Kinds,
	}
	p.Causes = causeItems(sel.Causes, sel.Total-sel.Disabled, f)
	if len(p.Causes) > firstCauses+1 {
		p.Causes, p.MoreCauses = p.Causes[:firstCauses], p.Causes[firstCauses:]
	}
	if sel.Configured == 0 && s.Shard != "" {
		p.Summary = "No printers belong to " + s.Shard + "."
	}
	for _, lost := range sel.Lost[:min(len(sel.Lost), maxLostNames)] {
		p.Lost = append(p.Lost, linkOf(lost))
	}
	if more := len(sel.Lost) - len(p.Lost); more > 0 {
		p.MoreLost = view.Number(more)
	}
	var onPage []*probe.Status
	onPage, p.Pager = pageOf(sel.Selected, number, f)
	pasts := pastsOf(onPage, now)
	for i, status := range onPage {
		p.Rows = append(p.Rows, s.fleetRow(status, pasts[i], now))
	}
	s.show(w, http.StatusOK, "fleet.html", p)
}

// pageTitle has the number of faults, so that it can be seen in the tab of a browser.
func pageTitle(sel *selection) string {
	if sel.Faulty == 0 {
		return "Printers"
	}
	return fmt.Sprintf("(%d) Printers", sel.Faulty)
}

// summary is the status of the printers in scope in one sentence.
func summary(sel *selection, f filter) string {
	singular, plural := "printer", "printers"
	if !f.FullScope() {
		singular, plural = "matching printer", "matching printers"
	}
	switch {
	case sel.Configured == 0:
		return "No printers are configured."
	case sel.Total == 0:
		return fmt.Sprintf("None of %s matches.", view.Count(sel.Configured, "printer", "printers"))
	}
	var parts []string
	switch {
	case sel.Faulty > 0:
		have := "have"
		if sel.Faulty == 1 {
			have = "has"
		}
		parts = append(parts, fmt.Sprintf("%s of %s %s a fault", view.Number(sel.Faulty), view.Count(sel.Total, singular, plural), have))
	case sel.OK() == sel.Total && sel.Total > 1:
		parts = append(parts, fmt.Sprintf("All %s are %s", view.Count(sel.Total, singular, plural), view.OK))
	default:
		parts = append(parts, fmt.Sprintf("%s of %s %s", view.Number(sel.OK()), view.Count(sel.Total, singular+" is", plural+" are"), view.OK))
	}
	for _, rest := range [...]struct {
		count int
		what  string
	}{{sel.SwitchedOff, "switched off"}, {sel.Disabled, "disabled"}, {sel.Unprobed, view.NotProbedYet}} {
		if rest.count > 0 {
			parts = append(parts, view.Number(rest.count)+" "+rest.what)
		}
	}
	return strings.Join(parts, ", ") + "."
}

// selectedCount says how many printers a filter selects.
func selectedCount(sel *selection, f filter) string {
	all := view.Count(sel.Configured, "printer", "printers")
	if f.SelectsAll() {
		return all
	}
	return view.Number(len(sel.Selected)) + " of " + all
}

func causeItems(causes []view.Cause, inScope int, f filter) []causeItem {
	items := make([]causeItem, len(causes))
	for i, c := range causes {
		key := c.Fault.Reason
		if i > 0 && causes[i-1].Fault.Reason == key { // a reason can have two meanings
			key += "-other"
		}
		items[i] = causeItem{
			Cause: c, Key: key, Reason: view.Spaced(c.Fault.Reason), Link: f.with(c.Fault.Layer.String(), c.Fault.Reason).link(1),
			Count:   view.Number(len(c.Printers)),
			Blocked: view.BlockedNote(c.Fault, len(c.Printers), inScope),
		}
	}
	return items
}

// downEdges are the edges that are unreachable.
func (s *site) downEdges(now time.Time) []edgeBanner {
	var down []edgeBanner
	for _, e := range s.Edges.All() {
		if e.Known() && !e.Up() {
			down = append(down, edgeBanner{e.Name, e.Fault.Meaning, elapsed(e.Since, now)})
		}
	}
	return down
}
