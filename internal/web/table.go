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
	rowsPerPage    = 200         // with 10,000 printers the page is below 200 kB
	maxLabelsWidth = 120         // characters of a row's labels
	tableAnchor    = "#printers" // keeps the table in view after sorting and paging
)

type (
	printerLink struct{ Name, Path string }
	fleetRow    struct {
		printerLink
		Labels string
		IsOff  bool // on purpose
		Marks  [len(fault.Layers)]view.Mark
		Cells  []tableCell
	}
	// pager leads to the other pages of the table.
	pager struct {
		First, Last, Total string // rows
		Previous, Next     string // links; "" where there is none
	}
)

func (s *site) fleetRow(status *probe.Status, now time.Time) fleetRow {
	return fleetRow{
		printerLink: linkOf(status),
		Labels:      truncate(labelText(status), maxLabelsWidth),
		IsOff:       view.OffWord(status) != "",
		Marks:       view.Marks(status, now),
		Cells:       cellsOf(row{status, now, s.Schedule.NextProbe}),
	}
}

func linkOf(s *probe.Status) printerLink {
	return printerLink{s.Name, "printers/" + url.PathEscape(s.Name)}
}

// labelText is the configured labels as one text.
func labelText(s *probe.Status) string {
	var texts []string
	for _, l := range sortedLabels(s) {
		texts = append(texts, l.String())
	}
	return strings.Join(texts, " ")
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
