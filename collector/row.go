package collector

import (
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

const prefix = "octoeverywhere_"

// Group is a part of the per-printer metrics that can be disabled. Metrics without a group are always exported.
type Group string

// The groups.
const (
	Print       Group = "print"
	Temperature Group = "temperature"
	Gadget      Group = "gadget"
)

// Groups lists all groups.
var Groups = [...]Group{Gadget, Print, Temperature}

// row defines a metric: everything about it, in one place.
type row[T any] struct {
	name   string
	kind   dto.MetricType // gauge or counter
	group  Group
	labels []string // the metric's own, sorted, besides those of the printer
	help   string
	absent string // when there is no series, for the documentation; "": never

	created     func(*probe.Status) time.Time // of a counter: when it was 0; nil or zero: unknown
	disabledToo bool                          // disabled printers have a series, too
	// read appends the metric's samples, sorted by their label values. It is pure.
	read func(from T, to []sample) []sample
}

// createdAt returns when a printer's counter was 0; zero where that is unknown, and for a gauge.
func (r *row[T]) createdAt(s *probe.Status) time.Time {
	if r.created == nil {
		return time.Time{}
	}
	return r.created(s)
}

// maxLabels is how many labels of its own a row can have.
const maxLabels = 3

// sample is one value of a metric, with the values of the row's own labels.
type sample struct {
	value  float64
	labels [maxLabels]string
}

// printerRow defines a metric of a printer.
type printerRow = row[*view]

// view is a printer's status at the time of a scrape.
type view struct {
	*probe.Status
	now  time.Time
	next func(*probe.Status) time.Time
}

// unix returns a time as Unix time in seconds, rounded to milliseconds; false where t is zero. The difference to now is that
// of the monotonic clock, so a step of the wall clock does not change it.
func (v *view) unix(t time.Time) (float64, bool) {
	if t.IsZero() {
		return 0, false
	}
	return float64(v.now.Add(t.Sub(v.now)).UnixMilli()) / 1e3, true
}

// reading returns the last status response, false while the host layer is not up.
func (v *view) reading() (*probe.Reading, bool) { return &v.Reading, v.ReadingHolds(v.now) }

// one reads a metric without labels of its own.
func one[T any](value func(T) (float64, bool)) func(T, []sample) []sample {
	return func(from T, to []sample) []sample {
		if f, ok := value(from); ok {
			to = append(to, sample{value: f})
		}
		return to
	}
}

// fieldRow defines a gauge that is a number of a response.
func fieldRow(name string, g Group, f probe.Field, help, absent string) printerRow {
	return printerRow{
		name: prefix + name, kind: dto.MetricType_GAUGE, group: g, help: help, absent: absent,
		read: one(func(v *view) (float64, bool) { return v.Number(f, v.now) }),
	}
}

// bit is a bool as a value.
func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// printerRows returns all metrics of a printer that are not disabled, sorted by name.
func printerRows(disabled []Group) []printerRow {
	rows := slices.Concat(verdictRows(), offRows(), scheduleRows(), stateRows(), jobRows(), printRows(), temperatureRows(probe.Sensors()), connectionRows())
	rows = slices.DeleteFunc(rows, func(r printerRow) bool { return slices.Contains(disabled, r.group) })
	sortRows(rows)
	return rows
}

func sortRows(rows []printerRow) {
	slices.SortFunc(rows, func(a, b printerRow) int { return strings.Compare(a.name, b.name) })
}

// reservedLabels returns the labels of the rows, sorted. No configured label can have such a name.
func reservedLabels(rows []printerRow) []string {
	reserved := []string{printerLabel}
	for _, r := range rows {
		reserved = append(reserved, r.labels...)
	}
	slices.Sort(reserved)
	return slices.Compact(reserved)
}
