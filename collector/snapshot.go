package collector

import (
	"iter"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/probe"
)

const printerLabel = "printer"

// snapshot is the fleet at the time of a scrape: the status of each printer, sorted by name, and the labels of all their
// series.
type snapshot struct {
	now      time.Time
	next     func(*probe.Status) time.Time
	panicked func(printer string, value any, stack []byte)
	names    []string // of the labels, sorted: the configured ones and `printer`; never changed
	printers []*probe.Status
}

// take fills the snapshot; labels are the sorted names of the labels of all series.
func (s *snapshot) take(printers iter.Seq[*probe.Status], labels []string) {
	s.now, s.names = time.Now(), labels
	s.printers = slices.AppendSeq(s.printers[:0], printers)
	slices.SortFunc(s.printers, func(a, b *probe.Status) int { return strings.Compare(a.Name, b.Name) })
	s.printers = slices.CompactFunc(s.printers, func(a, b *probe.Status) bool { return a.Name == b.Name })
}

// clear drops the references to statuses and keeps the buffer.
func (s *snapshot) clear() {
	clear(s.printers)
	s.printers = s.printers[:0]
}

// label returns the value of a printer's i-th label, "" where it has none.
func (s *snapshot) label(p *probe.Status, i int) string {
	value := p.Name
	if s.names[i] != printerLabel {
		value = p.Labels[s.names[i]]
	}
	return strings.ToValidUTF8(value, "\uFFFD")
}

// labelsBefore returns how many of the printers' labels sort before one of a row's own.
func (s *snapshot) labelsBefore(own string) int {
	i, _ := slices.BinarySearch(s.names, own)
	return i
}

// read returns a row's samples of a printer. A panic, which is a bug that the printer's status triggers, is reported and leaves
// them out: the metrics of all others must not be missing with them.
func (s *snapshot) read(row *printerRow, v *view, to []sample) (found []sample) {
	defer func() {
		if p := recover(); p != nil {
			found = to
			s.panicked(v.Name, p, debug.Stack())
		}
	}()
	return row.read(v, to)
}

// samples yields each series of a row, in order, with the index of its printer. A sample is valid until the next one. NaN is
// dropped.
func (s *snapshot) samples(row *printerRow) iter.Seq2[int, *sample] {
	return func(yield func(int, *sample) bool) {
		v := view{now: s.now, next: s.next}
		var found []sample
		for i, p := range s.printers {
			if p.Disabled && !row.disabledToo {
				continue
			}
			v.Status = p
			found = s.read(row, &v, found[:0])
			for j := range found {
				if !math.IsNaN(found[j].value) && !yield(i, &found[j]) {
					return
				}
			}
		}
	}
}
