package collector

import (
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/probe"
)

const printerLabel = "printer"

// roster is the fleet at the moment of a scrape: what is known of each printer, sorted by name, and the labels that all
// series of a printer have. It is used again by later scrapes.
type roster struct {
	now      time.Time
	next     func(*probe.Status) time.Time
	names    []string // of the labels, sorted: the configured ones and `printer`; never changed
	printers []*probe.Status
}

// take fills the roster; labels are the names of the labels that all series have, sorted.
func (r *roster) take(printers iter.Seq[*probe.Status], labels []string, next func(*probe.Status) time.Time) {
	r.now, r.next, r.names = time.Now(), next, labels
	r.printers = slices.AppendSeq(r.printers[:0], printers)
	slices.SortFunc(r.printers, func(a, b *probe.Status) int { return strings.Compare(a.Name, b.Name) })
	r.printers = slices.CompactFunc(r.printers, func(a, b *probe.Status) bool { return a.Name == b.Name })
}

// forget lets go of what is known, so that a roster that waits for its next use keeps nothing alive.
func (r *roster) forget() {
	clear(r.printers)
	r.printers = r.printers[:0]
}

// label is the value of the i-th label of a printer, "" where it has none.
func (r *roster) label(s *probe.Status, i int) string {
	value := s.Name
	if r.names[i] != printerLabel {
		value = s.Labels[r.names[i]]
	}
	return strings.ToValidUTF8(value, "\uFFFD")
}

// before is how many of the printers' labels stand before one of a row's own.
func (r *roster) before(own string) int {
	i, _ := slices.BinarySearch(r.names, own)
	return i
}

// samples gives each series of a row, in order, with the number of its printer. The sample is good until the next one.
// Whatever goes wrong, NaN is not among them.
func (r *roster) samples(row *printerRow) iter.Seq2[int, *sample] {
	return func(yield func(int, *sample) bool) {
		v := view{now: r.now, next: r.next}
		var found []sample
		for i, s := range r.printers {
			v.Status = s
			found = row.read(&v, found[:0])
			for j := range found {
				if !math.IsNaN(found[j].value) && !yield(i, &found[j]) {
					return
				}
			}
		}
	}
}
