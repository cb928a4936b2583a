package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// The values of the parameter layer that are not names of layers.
const (
	layerAny         = "any"          // any fault is active, and the printer is not switched off
	layerNone        = "none"         // no fault is active
	layerSwitchedOff = "switched_off" // unreachable, and no print was in progress when last seen
	layerDisabled    = "disabled"     // not probed
	layerUnprobed    = "unprobed"     // no probe has ended yet
)

// label is a configured label with its value.
type label struct{ Name, Value string }

// String is NAME=VALUE, as in search words and parameters.
func (l label) String() string { return l.Name + "=" + l.Value }

// filter selects and sorts printers. The zero value selects all, the most severe fault first.
type filter struct {
	Layer  string // the name of a layer, or one of the constants above
	Reason string // of the active fault
	Labels []label
	Query  string
	Sort   sortOrder

	allowed map[string][]string // the values of each label
	words   []string            // of Query, in lower case
}

// maxWords bounds the search words: each is compared with each printer.
const maxWords = 10

// filterOf reads the parameters of a page. An unknown value is an error, because ignoring it would show printers that were
// not asked for.
func filterOf(v url.Values) (filter, error) {
	f := filter{Layer: v.Get("layer"), Reason: v.Get("reason"), Query: strings.TrimSpace(v.Get("q"))}
	f.words, f.allowed = strings.Fields(strings.ToLower(f.Query)), map[string][]string{}
	if len(f.words) > maxWords {
		return f, fmt.Errorf("too many search words: use at most %d", maxWords)
	}
	if values := layerValues(); f.Layer != "" && !slices.Contains(values, f.Layer) {
		return f, fmt.Errorf("unknown layer %.100q: use one of %s", f.Layer, strings.Join(values, ", "))
	}
	if f.Reason != "" && !isReason(f.Reason) {
		return f, fmt.Errorf("unknown reason %.100q: use one from the table of faults", f.Reason)
	}
	for _, text := range v["label"] {
		name, value, ok := strings.Cut(text, "=")
		switch {
		case text == "": // the option "any" of a form
		case !ok || name == "":
			return f, fmt.Errorf("invalid label %.100q: use NAME=VALUE", text)
		default:
			f.Labels = append(f.Labels, label{name, value})
			f.allowed[name] = append(f.allowed[name], value)
		}
	}
	var err error
	f.Sort, err = sortOrderOf(v.Get("sort"))
	return f, err
}

// layerValues are the values of the parameter layer.
func layerValues() []string {
	values := []string{layerAny, layerNone, layerSwitchedOff, layerDisabled, layerUnprobed}
	for _, l := range fault.Layers {
		values = append(values, l.String())
	}
	return values
}

func isReason(text string) bool {
	return slices.ContainsFunc(fault.Rows(), func(r fault.Row) bool { return r.Reason == text })
}

// SelectsAll reports whether every printer is selected.
func (f filter) SelectsAll() bool { return f.Layer == "" && f.Reason == "" && f.FullScope() }

// FullScope reports whether neither labels nor search words narrow the scope.
func (f filter) FullScope() bool { return f.Query == "" && len(f.Labels) == 0 }

// inScope reports whether a printer has the labels and the search words.
func (f filter) inScope(s *probe.Status) bool { return f.matchesLabels(s) && f.matchesWords(s) }

// matchesFault reports whether a printer has the layer and the reason.
func (f filter) matchesFault(s *probe.Status) bool {
	return f.matchesLayer(s) && (f.Reason == "" || s.Fault.Reason == f.Reason)
}

func (f filter) matchesLayer(s *probe.Status) bool {
	switch f.Layer {
	case "":
		return true
	case layerAny:
		return view.IsFaulty(s)
	case layerNone:
		return s.Success()
	case layerSwitchedOff:
		return s.SwitchedOff()
	case layerDisabled:
		return s.Disabled
	case layerUnprobed:
		return view.Unprobed(s)
	}
	return view.IsFaulty(s) && s.Fault.Layer.String() == f.Layer
}

// matchesLabels reports whether a printer has one of the values of each label in the filter. A printer without the label
// has the value "".
func (f filter) matchesLabels(s *probe.Status) bool {
	for name, values := range f.allowed {
		if !slices.Contains(values, s.Labels[name]) {
			return false
		}
	}
	return true
}

// matchesWords reports whether each word is the code of a printer's fault, or part of its name, its reason or a label.
func (f filter) matchesWords(s *probe.Status) bool {
	if len(f.words) == 0 {
		return true
	}
	texts := []string{strings.ToLower(s.Name), s.Fault.Reason}
	for name, value := range s.Labels {
		texts = append(texts, strings.ToLower(name+"="+value))
	}
	for _, word := range f.words {
		inText := func(text string) bool { return strings.Contains(text, word) }
		if s.Fault.CodeLabel() != word && !slices.ContainsFunc(texts, inText) {
			return false
		}
	}
	return true
}

// with is f for another layer and reason.
func (f filter) with(layer, reason string) filter {
	f.Layer, f.Reason = layer, reason
	return f
}

// link is the address of a page of the filtered table, relative to the fleet page.
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
