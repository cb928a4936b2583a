package collector

import (
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

const prefix = "octoeverywhere_"

// Group is a part of the per-printer metrics that can be switched off. Those that are in no group always stay.
type Group string

// The groups.
const (
	Print       Group = "print"
	Temperature Group = "temperature"
	Gadget      Group = "gadget"
)

// Groups are all groups.
var Groups = [...]Group{Gadget, Print, Temperature}

// row is a metric: all that is to be said of it, in one place.
type row[T any] struct {
	name   string
	kind   dto.MetricType // gauge or counter
	group  Group
	labels []string // the metric's own, sorted, beside those of the printer
	help   string
	absent string // when there is no series, for the documentation; "" never
	// read is pure: it appends the metric's samples, sorted by their label values.
	read func(from T, to []sample) []sample
}

// maxLabels is how many labels of its own a row may have.
const maxLabels = 3

// sample is one value of a metric, with the values of the row's own labels.
type sample struct {
	value  float64
	labels [maxLabels]string
}

// printerRow is a metric of a printer.
type printerRow = row[*view]

// view is what is known of a printer at one moment.
type view struct {
	*probe.Status
	now  time.Time
	next func(*probe.Status) time.Time
}

// unix is a moment as Unix time in seconds, to the millisecond; false where t is zero. It counts from now by the
// monotonic clock: stepping the wall clock moves neither what lies behind nor what is to come.
func (v *view) unix(t time.Time) (float64, bool) {
	if t.IsZero() {
		return 0, false
	}
	return float64(v.now.Add(t.Sub(v.now)).UnixMilli()) / 1e3, true
}

// reading is what the printer said of itself, false while its host is not up: then it does not count.
func (v *view) reading() (*probe.Reading, bool) { return &v.Reading, v.HostUp(v.now) }

// job is what the printer said of itself, false while no print is under way.
func (v *view) job() (*probe.Reading, bool) {
	r, ok := v.reading()
	return r, ok && r.State.IsPrinting()
}

// one reads a metric without labels of its own.
func one[T any](value func(T) (float64, bool)) func(T, []sample) []sample {
	return func(from T, to []sample) []sample {
		if f, ok := value(from); ok {
			to = append(to, sample{value: f})
		}
		return to
	}
}

// field reads a number of an answer.
func field(answer func(*view) (*probe.Reading, bool), f probe.Field) func(*view, []sample) []sample {
	return one(func(v *view) (float64, bool) {
		r, ok := answer(v)
		if !ok {
			return 0, false
		}
		return r.Value(f)
	})
}

// bit is a bool as a value.
func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// printerRows are all metrics of a printer that are not switched off, sorted by name.
func printerRows(disabled []Group) []printerRow {
	rows := slices.Concat(verdictRows(), scheduleRows(), stateRows(), jobRows(), temperatureRows(), connectionRows())
	rows = slices.DeleteFunc(rows, func(r printerRow) bool { return slices.Contains(disabled, r.group) })
	slices.SortFunc(rows, func(a, b printerRow) int { return strings.Compare(a.name, b.name) })
	return rows
}

// ownLabels are the labels that printers' series have by themselves, so that no configured label may be called like them.
func ownLabels() []string {
	own := []string{printerLabel}
	for _, r := range printerRows(nil) {
		own = append(own, r.labels...)
	}
	slices.Sort(own)
	return slices.Compact(own)
}
