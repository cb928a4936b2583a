package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// sorting is the order of the table. The zero value is what is wrong first.
type sorting struct {
	column   string // of a way to sort; "" is the first one
	backward bool
}

// way is a way to sort: its name in a page's address, for people, and what is compared. Printers of which that is
// unknown come last in either direction.
type way struct {
	name, words string
	falls       bool // the largest first, unless backward
	key         func(s *probe.Status, now, next time.Time) (float64, bool)
}

var ways = [...]way{
	{"severity", "what is wrong first", true, func(s *probe.Status, _, _ time.Time) (float64, bool) { return -float64(rank(s)), true }},
	{"name", "name", false, func(*probe.Status, time.Time, time.Time) (float64, bool) { return 0, true }},
	{"progress", "progress of the print", true, func(s *probe.Status, now, _ time.Time) (float64, bool) {
		if !s.HostUp(now) || !s.Reading.State.IsPrinting() {
			return 0, false
		}
		return s.Reading.Value(probe.Progress)
	}},
	{"since", "newest verdict", true, func(s *probe.Status, _, _ time.Time) (float64, bool) { return unix(s.Since) }},
	{"last", "last probe", true, func(s *probe.Status, _, _ time.Time) (float64, bool) { return unix(s.LastProbe) }},
	{"next", "next probe", false, func(_ *probe.Status, _, next time.Time) (float64, bool) { return unix(next) }},
}

// unix is a time as a number that is compared; false where there is none.
func unix(t time.Time) (float64, bool) { return float64(t.UnixMilli()), !t.IsZero() }

// sortingOf reads the parameter sort: the name of a way, with a minus before it for the other direction.
func sortingOf(text string) (sorting, error) {
	name, backward := strings.CutPrefix(text, "-")
	if text == "" || text == ways[0].name {
		return sorting{}, nil
	}
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = w.name
	}
	if !slices.Contains(names, name) {
		return sorting{}, fmt.Errorf("sort %q is not known: it is one of %s, or one of them after a minus", text, strings.Join(names, ", "))
	}
	return sorting{name, backward}, nil
}

// String is the parameter sort; "" for the zero value.
func (o sorting) String() string {
	if o.backward {
		return "-" + o.column
	}
	return o.column
}

func (o sorting) way() way {
	i := slices.IndexFunc(ways[:], func(w way) bool { return w.name == o.column })
	return ways[max(0, i)]
}

// sort puts printers in order. Among equals the name counts.
func (o sorting) sort(printers []*probe.Status, now time.Time, next func(*probe.Status) time.Time) {
	type keyed struct {
		*probe.Status
		key   float64
		known bool
	}
	w := o.way()
	keys := make([]keyed, len(printers))
	for i, s := range printers {
		var due time.Time
		if w.name == "next" {
			due = next(s)
		}
		keys[i].Status = s
		keys[i].key, keys[i].known = w.key(s, now, due)
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		switch {
		case a.known != b.known:
			return -compareBool(a.known, b.known)
		case w.falls != o.backward:
			return cmp.Or(cmp.Compare(b.key, a.key), o.compareNames(a.Name, b.Name))
		}
		return cmp.Or(cmp.Compare(a.key, b.key), o.compareNames(a.Name, b.Name))
	})
	for i, k := range keys {
		printers[i] = k.Status
	}
}

// compareNames turns round only where the name itself is what is sorted by.
func (o sorting) compareNames(a, b string) int {
	if o.backward && o.column == "name" {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// rank puts faulty printers first, in the order of the ladder and those whose print may be lost before others; then those
// that somebody has switched off, then printers that were never asked, then those that work.
func rank(s *probe.Status) int {
	const aLayer = 2 // lost or not
	switch {
	case neverAsked(s):
		return aLayer * (len(fault.Layers) + 2)
	case s.Fault.None():
		return aLayer * (len(fault.Layers) + 3)
	case s.SwitchedOff():
		return aLayer * (len(fault.Layers) + 1)
	case s.LostDuringPrint():
		return aLayer * int(s.Fault.Layer)
	}
	return aLayer*int(s.Fault.Layer) + 1
}
