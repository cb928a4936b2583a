package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

const (
	rowsPerPage    = 200         // with 10,000 printers the page is below 250 kB
	maxLabelsWidth = 100         // characters of a row's labels
	tableAnchor    = "#printers" // keeps the table in view after sorting and paging
)

type (
	printerLink struct{ Name, Path string }
	fleetRow    struct {
		printerLink
		Labels []string // as NAME=VALUE
		IsOff  bool     // on purpose
		Chip   chip
		Reason string
		Code   string
		Marks  [len(fault.Layers)]view.Mark
		Cells  []tableCell
	}
	// pager leads to the other pages of the table.
	pager struct {
		First, Last, Total string // rows
		Previous, Next     string // links; "" where there is none
	}
)

func (s *site) fleetRow(status *probe.Status, past *past, now time.Time) fleetRow {
	r := fleetRow{
		printerLink: linkOf(status),
		Labels:      labelTexts(status),
		IsOff:       view.OffWord(status) != "",
		Chip:        chipOf(status),
		Code:        status.Fault.CodeLabel(),
		Marks:       view.Marks(status, now),
		Cells:       cellsOf(row{status, now, s.Schedule.NextProbe, past}),
	}
	switch {
	case view.Unprobed(status):
		r.Reason = view.NotProbedYet
	case !r.IsOff: // the chip says it
		r.Reason = view.Spaced(status.Fault.Reason)
	}
	return r
}

// chipOf is a printer's status in a word.
func chipOf(s *probe.Status) chip {
	switch off := view.OffWord(s); {
	case off != "":
		return chip{off, "is-off"}
	case view.Unprobed(s):
		return chip{"Unknown", "is-off"}
	case s.Fault.None():
		return chip{view.OK, "is-ok"}
	}
	return chip{"Down", "is-down"}
}

func linkOf(s *probe.Status) printerLink {
	return printerLink{s.Name, "printers/" + url.PathEscape(s.Name)}
}

// labelTexts are the configured labels, as far as they fit into a row.
func labelTexts(s *probe.Status) []string {
	var texts []string
	left := maxLabelsWidth
	for _, l := range sortedLabels(s) {
		if left <= 0 {
			return append(texts, "…")
		}
		text := truncate(l.String(), left)
		texts = append(texts, text)
		left -= len(text)
	}
	return texts
}

// sortedLabels are the configured labels that have a value, sorted by name.
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

// pageNumber reads the parameter page, from 1.
func pageNumber(v url.Values) (int, error) {
	text := v.Get("page")
	if text == "" {
		return 1, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return 0, fmt.Errorf("invalid page %.100q: use a number from 1", text)
	}
	return number, nil
}

// pageOf is a page of printers. A number behind the last page gives the last page, because a fleet can shrink.
func pageOf(printers []*probe.Status, number int, f filter) ([]*probe.Status, pager) {
	pages := max(1, (len(printers)+rowsPerPage-1)/rowsPerPage)
	number = min(number, pages)
	first := (number - 1) * rowsPerPage
	last := min(first+rowsPerPage, len(printers))
	p := pager{First: view.Number(first + 1), Last: view.Number(last), Total: view.Number(len(printers))}
	if number > 1 {
		p.Previous = f.link(number-1) + tableAnchor
	}
	if number < pages {
		p.Next = f.link(number+1) + tableAnchor
	}
	return printers[first:last], p
}
