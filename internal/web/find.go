package web

import (
	"fmt"
	"slices"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
)

type (
	// tile is how many printers fail at a layer; it filters when it is followed.
	tile struct {
		Words, Link    string
		Count, Of      string
		Bad, Chosen    bool
		Note, NoteLink string // how many of them are switched off; "" where none is
		NoteIsChosen   bool
	}
	// findForm is the form above the table.
	findForm struct {
		Query                  string
		All                    bool // nothing is filtered by
		Layers, Reasons, Sorts choices
		Labels                 []choices
	}
	// choices are what a parameter can be.
	choices struct {
		Name, Words string // of the parameter; for people
		List        []choice
	}
	choice struct {
		Value, Words string
		Chosen       bool
	}
	// column is one of the table's that can be sorted by.
	column struct {
		Words, Link string
		Sorted      string // the value of aria-sort; "" where the table is sorted by another
	}
)

// tiles are the fleet in numbers, in the order of the ladder.
func tiles(v *survey, f filter) []tile {
	ts := make([]tile, 0, len(fault.Layers)+2)
	for _, l := range fault.Layers {
		t := tile{
			Words: title(l.String()), Link: f.with(l.String(), "").link(1), Count: view.Number(v.ByLayer[l]), Of: view.Number(v.Total),
			Bad: v.ByLayer[l] > 0, Chosen: f.Layer == l.String(),
		}
		if l == fault.Host {
			t.Note, t.NoteLink, t.NoteIsChosen = offWords(v.Off), f.with(switchedOff, "").link(1), f.Layer == switchedOff
		}
		ts = append(ts, t)
	}
	ts = append(ts, tile{Words: "Well", Link: f.with(noFault, "").link(1), Count: view.Number(v.Well()), Of: view.Number(v.Total), Chosen: f.Layer == noFault})
	if v.Unasked > 0 || f.Layer == unasked {
		ts = append(ts, tile{Words: "Not asked yet", Link: f.with(unasked, "").link(1), Count: view.Number(v.Unasked), Of: view.Number(v.Total), Chosen: f.Layer == unasked})
	}
	return ts
}

// offWords says how many printers are switched off; "" where none is.
func offWords(n int) string {
	if n == 0 {
		return ""
	}
	return view.Number(n) + " switched off while idle"
}

// formOf offers what there is to filter and to sort by.
func formOf(v *survey, f filter) findForm {
	form := findForm{Query: f.Query, All: f.All()}
	layers := []choice{{"", "any or none", false}, {anyFault, "any", false}}
	for _, l := range fault.Layers {
		layers = append(layers, choice{l.String(), l.String(), false})
	}
	form.Layers = choose("layer", f.Layer, append(layers,
		choice{switchedOff, "host: switched off while idle", false}, choice{noFault, "none: all is well", false}, choice{unasked, "not asked yet", false})...)
	reasons := []choice{{"", "any", false}}
	for _, c := range v.Reasons {
		reasons = append(reasons, choice{c.Reason, fmt.Sprintf("%s: %s (%s)", c.Layer, view.Spaced(c.Reason), view.Number(c.Printers)), false})
	}
	form.Reasons = choose("reason", f.Reason, reasons...)
	for _, o := range v.Offers {
		values := []choice{{"", "any", false}}
		for _, value := range o.Values {
			words := value
			if value == "" {
				words = "(none)"
			}
			values = append(values, choice{label{o.Name, value}.String(), words, false})
		}
		c := choose("label", o.Chosen, values...)
		c.Words = o.Name
		form.Labels = append(form.Labels, c)
	}
	sorts := make([]choice, 0, len(ways)+1)
	for i, w := range ways {
		value := w.name
		if i == 0 {
			value = ""
		}
		sorts = append(sorts, choice{value, w.words, false})
	}
	if f.Sort.backward {
		sorts = append(sorts, choice{f.Sort.String(), f.Sort.way().words + ", turned round", false})
	}
	form.Sorts = choose("sort", f.Sort.String(), sorts...)
	return form
}

// choose marks what is chosen. What is chosen and not offered is added: a form must not hide what it does.
func choose(parameter, value string, list ...choice) choices {
	i := slices.IndexFunc(list, func(c choice) bool { return c.Value == value })
	if i < 0 {
		i = len(list)
		list = append(list, choice{Value: value, Words: view.Spaced(value)})
	}
	list[i].Chosen = true
	return choices{Name: parameter, List: list}
}

// columns are those of the table that can be sorted by, in its order: the name before the ladder's marks, the others
// after them. Following one that is sorted by already turns it round.
func columns(f filter) []column {
	heads := [...]struct{ way, words string }{
		{"name", "Printer"}, {"severity", "Reason"}, {"progress", "State"}, {"since", "Since"}, {"last", "Last probe"}, {"next", "Next probe"},
	}
	cs := make([]column, len(heads))
	for i, h := range heads {
		o := sorting{column: h.way}
		if h.way == ways[0].name {
			o = sorting{}
		}
		w := o.way()
		if f.Sort.way().name == w.name {
			cs[i].Sorted = "ascending"
			if w.falls != f.Sort.backward {
				cs[i].Sorted = "descending"
			}
			o = sorting{w.name, !f.Sort.backward}
			if !o.backward && w.name == ways[0].name {
				o = sorting{}
			}
		}
		to := f
		to.Sort = o
		cs[i].Words, cs[i].Link = h.words, to.link(1)+atTable
	}
	return cs
}
