package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// rowsPerPage bounds the fleet page: with 10,000 printers it still weighs less than 200 kB.
const rowsPerPage = 200

// maxNamed is how many printers are named where a print may be lost, and how many codes where a cause has several.
const maxNamed = 10

type (
	fleetPage struct {
		frame
		Summary string
		Edges   []fleetEdge
		Chips   []chip
		Lost    []fleetLink
		More    int // further ones whose print may be lost
		Causes  []fleetCause
		Filter  filter
		Layers  []fault.Layer
		Rows    []fleetRow
		Turn    turn
	}
	fleetEdge struct {
		Name, Failed string
		For          moment
	}
	// chip is a count that filters when it is followed.
	chip struct {
		Words, Link string
		Count       int
		Bad, Chosen bool
	}
	fleetLink  struct{ Name, Path string }
	fleetCause struct {
		fault.Fault
		Words, Codes, Link string
		Printers           string
	}
	fleetRow struct {
		fleetLink
		Labels            string
		Marks             [len(fault.Layers)]mark
		Reason, Code      string // words; "" where all is well
		Job               job
		Since, Last, Next moment
	}
	// turn is the way to the other pages of the table.
	turn struct {
		First, Last, Chosen int // rows
		Back, Forward       string
	}
)

// fleetPage shows all printers, what is wrong first.
func (s *site) fleetPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	f, err := filterOf(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	page, err := pageOf(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now := time.Now()
	v := surveyOf(s.Printers(), f)
	p := fleetPage{
		frame:   s.frame(heading(&v), "./", now),
		Summary: summary(&v),
		Edges:   s.downEdges(now),
		Chips:   chips(&v, f),
		Causes:  fleetCauses(v.Causes),
		Filter:  f,
		Layers:  fault.Layers[:],
	}
	if v.Total == 0 && s.Shard != "" {
		p.Summary = "No printer belongs to " + s.Shard + "."
	}
	for _, lost := range v.Lost[:min(len(v.Lost), maxNamed)] {
		p.Lost = append(p.Lost, linkOf(lost))
	}
	p.More = len(v.Lost) - len(p.Lost)
	var shown []*probe.Status
	shown, p.Turn = turnTo(page, v.Chosen, f)
	for _, status := range shown {
		p.Rows = append(p.Rows, s.row(status, now))
	}
	s.show(w, "fleet.html", p)
}

// pageOf reads which page of the table is wanted; the first is 1.
func pageOf(v url.Values) (int, error) {
	text := v.Get("page")
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page < 1 {
		return 0, fmt.Errorf("page %q is no number from 1", text)
	}
	return page, nil
}

// turnTo gives the printers of a page. Where there are fewer pages, it is the last one: a fleet can shrink under its reader.
func turnTo(page int, chosen []*probe.Status, f filter) ([]*probe.Status, turn) {
	pages := max(1, (len(chosen)+rowsPerPage-1)/rowsPerPage)
	page = min(page, pages)
	first := (page - 1) * rowsPerPage
	last := min(first+rowsPerPage, len(chosen))
	t := turn{First: first + 1, Last: last, Chosen: len(chosen)}
	if page > 1 {
		t.Back = f.link(page - 1)
	}
	if page < pages {
		t.Forward = f.link(page + 1)
	}
	return chosen[first:last], t
}

// heading is the page's title: how many faults there are, for who has it in a tab.
func heading(v *survey) string {
	if v.Faulty == 0 {
		return "Printers"
	}
	return fmt.Sprintf("(%d) Printers", v.Faulty)
}

// summary is the fleet in a sentence.
func summary(v *survey) string {
	if v.Total == 0 {
		return "No printers are configured."
	}
	var parts []string
	switch {
	case v.Faulty > 0:
		have := "have"
		if v.Faulty == 1 {
			have = "has"
		}
		parts = append(parts, fmt.Sprintf("%d of %s %s a fault", v.Faulty, count(v.Total, "printer", "printers"), have))
	case v.Unasked == 0:
		parts = append(parts, "All is well with "+count(v.Total, "printer", "printers"))
	default:
		parts = append(parts, fmt.Sprintf("%d of %s well", v.Well(), count(v.Total, "printer is", "printers are")))
	}
	if v.Unasked > 0 {
		parts = append(parts, fmt.Sprintf("%d not asked yet", v.Unasked))
	}
	return strings.Join(parts, ", ") + "."
}

func chips(v *survey, f filter) []chip {
	one := func(words, layer string, n int, bad bool) chip {
		return chip{words, filter{Layer: layer, Query: f.Query}.link(1), n, bad && n > 0, f.Layer == layer}
	}
	cs := []chip{one("All", "", v.Total, false)}
	for _, l := range fault.Layers {
		cs = append(cs, one(title(l.String()), l.String(), v.ByLayer[l], true))
	}
	return append(cs, one("Well", noFault, v.Well(), false), one("Not asked yet", unasked, v.Unasked, false))
}

func fleetCauses(causes []cause) []fleetCause {
	cs := make([]fleetCause, len(causes))
	for i, c := range causes {
		codes := strings.Join(c.Codes[:min(len(c.Codes), maxNamed)], ", ")
		if len(c.Codes) > maxNamed {
			codes += ", …"
		}
		f := filter{Layer: c.Fault.Layer.String(), Query: c.Fault.Reason}
		cs[i] = fleetCause{c.Fault, spaced(c.Fault.Reason), codes, f.link(1), count(c.Printers, "printer", "printers")}
	}
	return cs
}

// downEdges are the edges that are known to fail.
func (s *site) downEdges(now time.Time) []fleetEdge {
	if s.Edges == nil {
		return nil
	}
	var down []fleetEdge
	for _, e := range s.Edges() {
		if e.Known && !e.Up {
			down = append(down, fleetEdge{e.Name, e.Failed, lasting(e.Since, now)})
		}
	}
	return down
}

func (s *site) row(status *probe.Status, now time.Time) fleetRow {
	return fleetRow{
		fleetLink: linkOf(status),
		Labels:    labelsOf(status),
		Marks:     marks(status, now),
		Reason:    reason(status),
		Code:      status.Fault.CodeLabel(),
		Job:       jobOf(status, now),
		Since:     ago(status.Since, now),
		Last:      ago(status.LastProbe, now),
		Next:      ahead(s.NextProbe(status), now),
	}
}

// reason is why a printer does not work, in words; "" where it does.
func reason(s *probe.Status) string {
	if neverAsked(s) {
		return "not asked yet"
	}
	return spaced(s.Fault.Reason)
}

func linkOf(s *probe.Status) fleetLink {
	return fleetLink{s.Name, "printers/" + url.PathEscape(s.Name)}
}

// labelsOf are the configured labels as one text, in the order of their names; those without a value are left out.
func labelsOf(s *probe.Status) string {
	labels := make([]string, 0, len(s.Labels))
	for name, value := range s.Labels {
		if value != "" {
			labels = append(labels, name+"="+value)
		}
	}
	slices.Sort(labels)
	return strings.Join(labels, " ")
}
