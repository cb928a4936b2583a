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
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// rowsPerPage bounds the fleet page: with 10,000 printers it still weighs less than 200 kB.
const rowsPerPage = 200

// maxNamed is how many printers are named where a print may be lost, and how many codes where a cause has several.
// maxLabels is how long a row's labels may be, in characters.
const (
	maxNamed  = 10
	maxLabels = 120
)

type (
	fleetPage struct {
		frame
		Summary string
		Shown   string // how many printers are chosen
		Empty   bool   // no printer is configured at all
		Edges   []fleetEdge
		Tiles   []tile
		Lost    []fleetLink
		More    string // how many further ones' print may be lost; "" where none is
		Causes  []fleetCause
		Find    findForm
		Columns []column
		Layers  []fault.Layer
		Rows    []fleetRow
		Turn    turn
	}
	fleetEdge struct {
		Name, Failed string
		For          moment
	}
	fleetLink  struct{ Name, Path string }
	fleetCause struct {
		fault.Fault
		Key                string // unique, and the same as long as the cause stands
		Words, Codes, Link string
		Count              string
		Off                string // how many are switched off; "" where none is
	}
	fleetRow struct {
		fleetLink
		Labels            string
		Marks             [len(fault.Layers)]view.Mark
		Reason, Code      string // words; "" where all is well
		Off               bool   // switched off while idle
		Job               job
		Since, Last, Next moment
	}
	// turn is the way to the other pages of the table.
	turn struct {
		First, Last, Chosen string // rows
		Back, Forward       string
	}
)

// fleetPage shows all printers, what is wrong first.
func (s *site) fleetPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	f, err := filterOf(query)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	page, err := pageOf(query)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	now := time.Now()
	v := surveyOf(s.Fleet.All(), f, now, s.Schedule.NextProbe)
	p := fleetPage{
		frame:   s.frame(heading(&v), "./", now),
		Summary: summary(&v, f),
		Shown:   shown(&v, f),
		Edges:   s.downEdges(now),
		Empty:   v.Configured == 0,
		Tiles:   tiles(&v, f),
		Causes:  fleetCauses(v.Causes, f),
		Find:    formOf(&v, f),
		Columns: columns(f),
		Layers:  fault.Layers[:],
	}
	if v.Total == 0 && s.Shard != "" {
		p.Summary = "No printer belongs to " + s.Shard + "."
	}
	for _, lost := range v.Lost[:min(len(v.Lost), maxNamed)] {
		p.Lost = append(p.Lost, linkOf(lost))
	}
	if more := len(v.Lost) - len(p.Lost); more > 0 {
		p.More = view.Number(more)
	}
	var onPage []*probe.Status
	onPage, p.Turn = turnTo(page, v.Chosen, f)
	for _, status := range onPage {
		p.Rows = append(p.Rows, s.row(status, now))
	}
	s.show(w, http.StatusOK, "fleet.html", p)
}

// pageOf reads which page of the table is wanted; the first is 1.
func pageOf(v url.Values) (int, error) {
	text := v.Get("page")
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page < 1 {
		return 0, fmt.Errorf("page %q is not a number from 1", text)
	}
	return page, nil
}

// turnTo gives the printers of a page. Where there are fewer pages, it is the last one: a fleet can shrink under its reader.
func turnTo(page int, chosen []*probe.Status, f filter) ([]*probe.Status, turn) {
	pages := max(1, (len(chosen)+rowsPerPage-1)/rowsPerPage)
	page = min(page, pages)
	first := (page - 1) * rowsPerPage
	last := min(first+rowsPerPage, len(chosen))
	t := turn{First: view.Number(first + 1), Last: view.Number(last), Chosen: view.Number(len(chosen))}
	if page > 1 {
		t.Back = f.link(page-1) + atTable
	}
	if page < pages {
		t.Forward = f.link(page+1) + atTable
	}
	return chosen[first:last], t
}

// atTable leads to the table on a page: who turns the page or sorts stays there.
const atTable = "#printers"

// heading is the page's title: how many faults there are, for who has it in a tab.
func heading(v *survey) string {
	if v.Faulty == 0 {
		return "Printers"
	}
	return fmt.Sprintf("(%d) Printers", v.Faulty)
}

// summary is the part of the fleet that is looked at, in a sentence.
func summary(v *survey, f filter) string {
	one, many := "printer", "printers"
	if !f.Wide() {
		one, many = "matching printer", "matching printers"
	}
	switch {
	case v.Configured == 0:
		return "No printers are configured."
	case v.Total == 0:
		return fmt.Sprintf("None of %s matches.", view.Count(v.Configured, "printer", "printers"))
	}
	var parts []string
	switch {
	case v.Faulty > 0:
		have := "have"
		if v.Faulty == 1 {
			have = "has"
		}
		parts = append(parts, fmt.Sprintf("%s of %s %s a fault", view.Number(v.Faulty), view.Count(v.Total, one, many), have))
	case v.Unasked == 0:
		parts = append(parts, "All is well with "+view.Count(v.Total, one, many))
	default:
		parts = append(parts, fmt.Sprintf("%s of %s well", view.Number(v.Well()), view.Count(v.Total, one+" is", many+" are")))
	}
	if v.Unasked > 0 {
		parts = append(parts, view.Number(v.Unasked)+" not asked yet")
	}
	return strings.Join(parts, ", ") + "."
}

// shown says how many printers a filter chooses.
func shown(v *survey, f filter) string {
	all := view.Count(v.Configured, "printer", "printers")
	if f.All() {
		return all
	}
	return view.Number(len(v.Chosen)) + " of " + all
}

func fleetCauses(causes []cause, f filter) []fleetCause {
	cs := make([]fleetCause, len(causes))
	for i, c := range causes {
		key := c.Fault.Reason
		if i > 0 && causes[i-1].Fault.Reason == key { // a reason can have two meanings
			key += "-other"
		}
		codes := strings.Join(c.Codes[:min(len(c.Codes), maxNamed)], ", ")
		if len(c.Codes) > maxNamed {
			codes += ", …"
		}
		cs[i] = fleetCause{
			Fault: c.Fault, Key: key, Words: view.Spaced(c.Fault.Reason), Codes: codes, Count: view.Number(c.Printers), Off: offWords(c.Off),
			Link: f.with(c.Fault.Layer.String(), c.Fault.Reason).link(1),
		}
	}
	return cs
}

// downEdges are the edges that are known to fail.
func (s *site) downEdges(now time.Time) []fleetEdge {
	var down []fleetEdge
	for _, e := range s.Edges.All() {
		if e.Known() && !e.Up() {
			down = append(down, fleetEdge{e.Name, e.Fault.Meaning, lasting(e.Since, now)})
		}
	}
	return down
}

func (s *site) row(status *probe.Status, now time.Time) fleetRow {
	return fleetRow{
		fleetLink: linkOf(status),
		Labels:    cut(labelsOf(status), maxLabels),
		Marks:     view.Marks(status, now),
		Reason:    reason(status),
		Code:      status.Fault.CodeLabel(),
		Off:       status.SwitchedOff(),
		Job:       jobOf(status, now),
		Since:     agoIn(view.Minutes, status.Since, now),
		Last:      agoIn(view.Rough, status.LastProbe, now),
		Next:      aheadIn(view.Rough, s.Schedule.NextProbe(status), now),
	}
}

// reason is why a printer does not work, in words; "" where it does.
func reason(s *probe.Status) string {
	if neverAsked(s) {
		return "not asked yet"
	}
	return view.Spaced(s.Fault.Reason)
}

func linkOf(s *probe.Status) fleetLink {
	return fleetLink{s.Name, "printers/" + url.PathEscape(s.Name)}
}

// labelsOf are the configured labels as one text; those without a value are left out.
func labelsOf(s *probe.Status) string {
	var texts []string
	for _, l := range sortedLabels(s) {
		texts = append(texts, l.String())
	}
	return strings.Join(texts, " ")
}

// sortedLabels are the configured labels that have a value, in the order of their names.
func sortedLabels(s *probe.Status) []label {
	labels := make([]label, 0, len(s.Labels))
	for name, value := range s.Labels {
		if value != "" {
			labels = append(labels, label{name, value})
		}
	}
	slices.SortFunc(labels, func(a, b label) int { return strings.Compare(a.Name, b.Name) })
	return labels
}
