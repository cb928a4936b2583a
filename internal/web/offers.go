package web

import (
	"maps"
	"slices"
)

// What is offered to filter by is bounded: a label with a value for each printer is found by typing.
const (
	maxOffers = 6  // labels
	maxValues = 40 // of a label
)

// offer is a label, with the values that a reader can choose from.
type offer struct {
	Name   string
	Values []string // sorted; "" is a printer's that has no such label
	Chosen string   // as name=value; "" where none is
}

// offers collects the values of each label.
type offers map[string]map[string]bool

func newOffers() offers { return offers{} }

// see notes the labels of a printer. Of a label with too many values no more are noted than tell that.
func (o offers) see(labels map[string]string) {
	for name, value := range labels {
		values, known := o[name]
		if !known {
			values = map[string]bool{}
			o[name] = values
		}
		if len(values) <= maxValues {
			values[value] = true
		}
	}
}

// list gives what is offered, sorted by name. A label that is chosen already is always among it, with its value.
func (o offers) list(chosen []label) []offer {
	var list []offer
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if values := o[name]; len(values) > 1 && len(values) <= maxValues && len(list) < maxOffers {
			list = append(list, offer{Name: name, Values: slices.Sorted(maps.Keys(values))})
		}
	}
	for _, l := range chosen {
		i := slices.IndexFunc(list, func(of offer) bool { return of.Name == l.Name && of.Chosen == "" })
		if i < 0 {
			i = len(list)
			list = append(list, offer{Name: l.Name})
		}
		list[i].Chosen = l.String()
		if !slices.Contains(list[i].Values, l.Value) {
			list[i].Values = append(list[i].Values, l.Value)
		}
	}
	return list
}
