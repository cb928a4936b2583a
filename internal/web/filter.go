package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// The values of the parameter layer that are no layer.
const (
	anyFault    = "any"     // some fault stands
	noFault     = "none"    // no fault stands
	switchedOff = "off"     // lost by its plugin, and not printing when last seen
	unasked     = "unasked" // never asked
)

// label is a configured label with its value.
type label struct{ Name, Value string }

// String is the label as it is written in a search and in a parameter.
func (l label) String() string { return l.Name + "=" + l.Value }

// filter chooses printers, and in which order they are shown. The zero value chooses all, what is wrong first.
type filter struct {
	Layer  string // a layer's name, or one of the words above
	Reason string // of the fault that stands, a word from the table
	Labels []label
	Query  string
	Sort   sorting
	words  []string // of Query, in lower case
}

// filterOf reads a page's parameters. An unknown word is an error: showing all printers in its place would mislead.
func filterOf(v url.Values) (filter, error) {
	f := filter{Layer: v.Get("layer"), Reason: v.Get("reason"), Query: strings.TrimSpace(v.Get("q"))}
	f.words = strings.Fields(strings.ToLower(f.Query))
	if known := layerWords(); f.Layer != "" && !slices.Contains(known, f.Layer) {
		return f, fmt.Errorf("layer %q is not known: it is one of %s", f.Layer, strings.Join(known, ", "))
	}
	if f.Reason != "" && !isReason(f.Reason) {
		return f, fmt.Errorf("reason %q is not in the table of faults", f.Reason)
	}
	for _, text := range v["label"] {
		name, value, ok := strings.Cut(text, "=")
		switch {
		case text == "": // any value, from a form
		case !ok || name == "":
			return f, fmt.Errorf("label %q is not NAME=VALUE", text)
		default:
			f.Labels = append(f.Labels, label{name, value})
		}
	}
	var err error
	f.Sort, err = sortingOf(v.Get("sort"))
	return f, err
}

// layerWords are the values that the parameter layer can have.
func layerWords() []string {
	words := []string{anyFault, noFault, switchedOff, unasked}
	for _, l := range fault.Layers {
		words = append(words, l.String())
	}
	return words
}

func isReason(word string) bool {
	return slices.ContainsFunc(fault.Rows(), func(r fault.Row) bool { return r.Reason == word })
}

// All reports whether every printer is chosen.
func (f filter) All() bool { return f.Layer == "" && f.Reason == "" && f.Wide() }

// Wide reports whether printers are chosen by nothing but what is wrong with them.
func (f filter) Wide() bool { return f.Query == "" && len(f.Labels) == 0 }

// looksAt reports whether a printer belongs to the part of the fleet that is looked at, whatever is wrong with it.
func (f filter) looksAt(s *probe.Status) bool { return f.takesLabels(s) && f.takesWords(s) }

// takesFault reports whether a printer is chosen by what is wrong with it.
func (f filter) takesFault(s *probe.Status) bool {
	return f.takesLayer(s) && (f.Reason == "" || s.Fault.Reason == f.Reason)
}

func (f filter) takesLayer(s *probe.Status) bool {
	switch f.Layer {
	case "":
		return true
	case anyFault:
		return !s.Fault.None()
	case noFault:
		return s.Success()
	case switchedOff:
		return s.SwitchedOff()
	case unasked:
		return neverAsked(s)
	}
	return s.Fault.Layer.String() == f.Layer
}

// neverAsked reports whether nothing is known of a printer yet, not even a fault.
func neverAsked(s *probe.Status) bool { return s.Probes == 0 && s.Fault.None() }

// takesLabels reports whether a printer has, of each label that is asked for, one of the values; one without the label has
// it with the value "".
func (f filter) takesLabels(s *probe.Status) bool {
	for _, l := range f.Labels {
		if !slices.Contains(f.Labels, label{l.Name, s.Labels[l.Name]}) {
			return false
		}
	}
	return true
}

func (f filter) takesWords(s *probe.Status) bool {
	for _, w := range f.words {
		if !contains(s, w) {
			return false
		}
	}
	return true
}

// contains reports whether a word in lower case is part of what a printer can be found by.
func contains(s *probe.Status, word string) bool {
	if containsFold(s.Name, word) || containsFold(s.Fault.Reason, word) || s.Fault.CodeLabel() == word {
		return true
	}
	for name, value := range s.Labels {
		if containsFold(name+"="+value, word) {
			return true
		}
	}
	return false
}

func containsFold(text, lower string) bool { return strings.Contains(strings.ToLower(text), lower) }

// with is the same part of the fleet, but printers with another fault are chosen.
func (f filter) with(layer, reason string) filter {
	f.Layer, f.Reason = layer, reason
	return f
}

// link is the fleet page's address for a filter and a page, relative to the fleet page.
func (f filter) link(page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"layer": f.Layer, "reason": f.Reason, "q": f.Query, "sort": f.Sort.String()} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, l := range f.Labels {
		v.Add("label", l.String())
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "./"
	}
	return "./?" + v.Encode()
}
