package web

import (
	"fmt"
	"slices"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
)

type (
	// tile is how many printers fail at a layer. Its link filters by it.
	tile struct {
		Title, Link  string
		Count, Total string
		Class        string // bad: printers have a fault; inactive: they are off on purpose; "" otherwise
		Selected     bool
	}
	// searchForm is the form above the table.
	searchForm struct {
		Query                  string
		Unfiltered             bool
		Layers, Reasons, Sorts options
		Labels                 []options
	}
	// options are the values of a parameter.
	options struct {
		Parameter string
		Label     string // for people, where it is not fixed
		List      []option
	}
	option struct {
		Value, Text string
		Selected    bool
	}
)

// tiles are the counts of the layers, nearest first, and of the printers without a fault. Every printer in scope is counted
// once. There is none of 0, unless it is selected and some printer is in scope.
func tiles(sel *selection, f filter) []tile {
	list := make([]tile, 0, len(fault.Layers)+4)
	add := func(title, layer, class string, count int) {
		if selected := f.Layer == layer; count > 0 || selected && sel.Total > 0 {
			list = append(list, tile{
				Title: title, Link: f.with(layer, "").link(1), Count: view.Number(count), Total: view.Number(sel.Total), Class: class, Selected: selected,
			})
		}
	}
	for _, l := range fault.Layers {
		class := ""
		if sel.ByLayer[l] > 0 {
			class = "bad"
		}
		add(capitalize(l.String()), l.String(), class, sel.ByLayer[l])
	}
	add(view.OK, layerNone, "", sel.OK())
	add(view.Off, layerSwitchedOff, "inactive", sel.SwitchedOff)
	add(view.Disabled, layerDisabled, "inactive", sel.Disabled)
	add(capitalize(view.NotProbedYet), layerUnprobed, "inactive", sel.Unprobed)
	return list
}

// formOf lists what to filter and sort by.
func formOf(sel *selection, f filter) searchForm {
	form := searchForm{Query: f.Query, Unfiltered: f.SelectsAll()}
	layers := []option{{Value: "", Text: "all printers"}, {Value: layerAny, Text: "any fault"}}
	for _, l := range fault.Layers {
		layers = append(layers, option{Value: l.String(), Text: l.String()})
	}
	layers = append(layers, option{Value: layerNone, Text: "no fault (" + view.OK + ")"}, option{Value: layerSwitchedOff, Text: "switched off"},
		option{Value: layerDisabled, Text: "disabled"}, option{Value: layerUnprobed, Text: view.NotProbedYet})
	form.Layers = selectOption("layer", f.Layer, layers)
	reasons := []option{{Value: "", Text: "any"}}
	for _, c := range sel.Reasons {
		reasons = append(reasons, option{Value: c.Reason, Text: fmt.Sprintf("%s: %s (%s)", c.Layer, view.Spaced(c.Reason), view.Number(c.Printers))})
	}
	form.Reasons = selectOption("reason", f.Reason, reasons)
	for _, l := range sel.LabelOptions {
		form.Labels = append(form.Labels, optionsOfLabel(l))
	}
	form.Sorts = sortOptions(f.Sort)
	return form
}

func optionsOfLabel(l labelOption) options {
	values := []option{{Value: "", Text: "any"}}
	for _, value := range l.Values {
		text := value
		if value == "" {
			text = "(none)"
		}
		values = append(values, option{Value: label{l.Name, value}.String(), Text: text})
	}
	o := selectOption("label", l.Selected, values)
	o.Label = l.Name
	return o
}

func sortOptions(selected sortOrder) options {
	var list []option
	for _, c := range columns {
		if c.sort != "" {
			list = append(list, option{Value: sortOrder{name: c.sort}.normalized().String(), Text: c.sortTitle})
		}
	}
	if selected.reversed {
		list = append(list, option{Value: selected.String(), Text: selected.column().sortTitle + " (" + selected.direction() + ")"})
	}
	return selectOption("sort", selected.String(), list)
}

// selectOption marks the selected option. A selected value that is not in the list is added, so that the form shows it.
func selectOption(parameter, value string, list []option) options {
	i := slices.IndexFunc(list, func(o option) bool { return o.Value == value })
	if i < 0 {
		i = len(list)
		list = append(list, option{Value: value, Text: view.Spaced(value)})
	}
	list[i].Selected = true
	return options{Parameter: parameter, List: list}
}
