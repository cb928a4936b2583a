package web

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// column is a column of the fleet table, and an order in which the table can be sorted.
type column struct {
	title, class string // class is the width: wide, narrow or ""; a column without a title is only an order
	sort         string // value of the parameter sort; "" where the column cannot be sorted by
	sortTitle    string
	descending   bool                        // the largest key comes first, unless the order is reversed
	key          func(r row) (float64, bool) // false where it is unknown: such printers come last
	cell         func(r row) tableCell       // nil where the template has a cell of its own
}

// row is a printer in the table.
type row struct {
	*probe.Status
	now       time.Time
	nextProbe func(*probe.Status) time.Time
	past      *past // nil while rows are sorted
}

// tableCell is the content of a table cell.
type tableCell struct {
	Label    string // before the text on a narrow screen
	Activity view.Activity
	Past     *past
	Time     *timeText
}

// defaultSort is the order of a page without the parameter sort.
const defaultSort = "severity"

// columns are all columns in their order. The template has the first two, and behind them the marks of the layers.
var columns = [...]column{
	{
		title: "Printer", class: "wide", sort: "name", sortTitle: "name",
		key: func(row) (float64, bool) { return 0, true }, // among equals the name decides
	},
	{
		title: "Status", class: "wide", sort: defaultSort, sortTitle: "severity", descending: true,
		key: func(r row) (float64, bool) { return -float64(severityRank(r.Status)), true },
	},
	{
		title: "State", class: "wide", sort: "progress", sortTitle: "print progress", descending: true,
		key:  func(r row) (float64, bool) { return r.Number(probe.Progress, r.now) },
		cell: func(r row) tableCell { return tableCell{Activity: view.ActivityOf(r.Status, r.now)} },
	},
	{
		title: "Last 24 h, uptime", class: "past",
		cell: func(r row) tableCell { return tableCell{Past: r.past} },
	},
	{
		title: "Since", sort: "since", sortTitle: "latest status change", descending: true,
		key:  func(r row) (float64, bool) { return timeKey(r.Since) },
		cell: func(r row) tableCell { return timeCell("since", ago(view.Minutes, r.Since, r.now)) },
	},
	{
		title: "Last probe", class: "narrow", sort: "last", sortTitle: "last probe", descending: true,
		key:  func(r row) (float64, bool) { return timeKey(r.LastProbe) },
		cell: func(r row) tableCell { return timeCell("probed", ago(view.Rough, r.LastProbe, r.now)) },
	},
	{
		sort: "next", sortTitle: "next probe",
		key: func(r row) (float64, bool) { return timeKey(r.nextProbe(r.Status)) },
	},
}

func timeCell(label string, t timeText) tableCell { return tableCell{Label: label, Time: &t} }

// cellsOf are the cells of a printer behind the marks of the layers.
func cellsOf(r row) []tableCell {
	cells := make([]tableCell, 0, len(columns))
	for _, c := range columns {
		if c.cell != nil {
			cells = append(cells, c.cell(r))
		}
	}
	return cells
}

// timeKey is a time as a sort key.
func timeKey(t time.Time) (float64, bool) { return float64(t.UnixMilli()), !t.IsZero() }

// severityRank is lowest for what is most urgent: faulty printers by layer, of a layer those whose print may be lost
// first; then printers that are switched off; then those not probed yet; then those that are OK; then disabled ones.
func severityRank(s *probe.Status) int {
	const ranksPerLayer = 2
	switch {
	case s.Disabled:
		return ranksPerLayer * (len(fault.Layers) + 4)
	case view.Unprobed(s):
		return ranksPerLayer * (len(fault.Layers) + 2)
	case s.Fault.None():
		return ranksPerLayer * (len(fault.Layers) + 3)
	case s.SwitchedOff():
		return ranksPerLayer * (len(fault.Layers) + 1)
	case s.LostDuringPrint():
		return ranksPerLayer * int(s.Fault.Layer)
	}
	return ranksPerLayer*int(s.Fault.Layer) + 1
}

// columnHead is the head of a column: a link that sorts by it.
type columnHead struct {
	Title, Class string
	Link         string // "" where the column cannot be sorted by
	Sorted       string // the value of aria-sort; "" where the table is sorted by another column
}

// columnHeads are the heads of all columns. The link of the column that is sorted by reverses the order.
func columnHeads(f filter) []columnHead {
	heads := make([]columnHead, 0, len(columns))
	for _, c := range columns {
		if c.title == "" {
			continue
		}
		head := columnHead{Title: c.title, Class: c.class}
		if c.sort != "" {
			order := sortOrder{name: c.sort}
			if f.Sort.column().sort == c.sort {
				head.Sorted = f.Sort.direction()
				order.reversed = !f.Sort.reversed
			}
			to := f
			to.Sort = order.normalized()
			head.Link = to.link(1) + tableAnchor
		}
		heads = append(heads, head)
	}
	return heads
}

func columnBySort(name string) (column, bool) {
	i := slices.IndexFunc(columns[:], func(c column) bool { return c.sort == name && name != "" })
	if i < 0 {
		return column{}, false
	}
	return columns[i], true
}
