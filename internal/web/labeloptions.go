package web

import (
	"maps"
	"slices"
)

// Bounds of the label filters of the form. A label with more values is found by typing.
const (
	maxLabelOptions = 6  // labels
	maxLabelValues  = 40 // values per label
)

// labelOption is a label to filter by.
type labelOption struct {
	Name     string
	Values   []string // sorted; "" stands for printers without the label
	Selected string   // as name=value; "" where none is selected
}

// labelValues are the values of each label.
type labelValues map[string]map[string]bool

// add collects the labels of a printer. Per label it keeps at most one value more than an option may have.
func (l labelValues) add(labels map[string]string) {
	for name, value := range labels {
		values, known := l[name]
		if !known {
			values = map[string]bool{}
			l[name] = values
		}
		if len(values) <= maxLabelValues {
			values[value] = true
		}
	}
}

// options are the labels that have several values, but not too many, sorted by name. A selected label is always among
// them.
func (l labelValues) options(selected []label) []labelOption {
	var list []labelOption
	for _, name := range slices.Sorted(maps.Keys(l)) {
		if values := l[name]; len(values) > 1 && len(values) <= maxLabelValues && len(list) < maxLabelOptions {
			list = append(list, labelOption{Name: name, Values: slices.Sorted(maps.Keys(values))})
		}
	}
	for _, s := range selected {
		i := slices.IndexFunc(list, func(o labelOption) bool { return o.Name == s.Name && o.Selected == "" })
		if i < 0 {
			i = len(list)
			list = append(list, labelOption{Name: s.Name})
		}
		list[i].Selected = s.String()
		if !slices.Contains(list[i].Values, s.Value) {
			list[i].Values = append(list[i].Values, s.Value)
		}
	}
	return list
}
