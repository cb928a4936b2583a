package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/probe"
)

// sortOrder is an order of the table. The zero value is defaultSort.
type sortOrder struct {
	name     string // of a column's parameter
	reversed bool
}

// sortOrderOf reads the parameter sort: the name of an order, reversed by a minus sign before it.
func sortOrderOf(text string) (sortOrder, error) {
	name, reversed := strings.CutPrefix(text, "-")
	if text == "" {
		return sortOrder{}, nil
	}
	if _, known := columnBySort(name); !known {
		var names []string
		for _, c := range columns {
			if c.sort != "" {
				names = append(names, c.sort)
			}
		}
		return sortOrder{}, fmt.Errorf("unknown sort %.100q: use one of %s, with a minus sign in front to reverse it", text, strings.Join(names, ", "))
	}
	return sortOrder{name, reversed}.normalized(), nil
}

// normalized is the zero value for the default order, so that links leave it out.
func (o sortOrder) normalized() sortOrder {
	if o == (sortOrder{name: defaultSort}) {
		return sortOrder{}
	}
	return o
}

// String is the parameter sort; "" for the zero value.
func (o sortOrder) String() string {
	if o.reversed {
		return "-" + o.name
	}
	return o.name
}

func (o sortOrder) column() column {
	c, _ := columnBySort(cmp.Or(o.name, defaultSort))
	return c
}

func (o sortOrder) descending() bool { return o.column().descending != o.reversed }

func (o sortOrder) direction() string {
	if o.descending() {
		return "descending"
	}
	return "ascending"
}

// sort sorts printers, those of which the key is unknown last. Among equals the name decides.
func (o sortOrder) sort(printers []*probe.Status, now time.Time, nextProbe func(*probe.Status) time.Time) {
	type keyed struct {
		*probe.Status
		key   float64
		known bool
	}
	c := o.column()
	keys := make([]keyed, len(printers))
	for i, s := range printers {
		keys[i].Status = s
		keys[i].key, keys[i].known = c.key(row{s, now, nextProbe, nil})
	}
	descending := o.descending()
	byName := cmp.Compare[string]
	if o == (sortOrder{"name", true}) {
		byName = func(a, b string) int { return cmp.Compare(b, a) }
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		switch {
		case a.known != b.known && a.known:
			return -1
		case a.known != b.known:
			return 1
		case descending:
			return cmp.Or(cmp.Compare(b.key, a.key), byName(a.Name, b.Name))
		}
		return cmp.Or(cmp.Compare(a.key, b.key), byName(a.Name, b.Name))
	})
	for i, k := range keys {
		printers[i] = k.Status
	}
}
