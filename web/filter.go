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
	anyFault = "any"     // some fault stands
	noFault  = "none"    // no fault stands
	unasked  = "unasked" // never asked
)

// filter chooses printers. The zero value chooses all.
type filter struct {
	Layer string // a layer's name, or one of the words above
	Query string
	words []string // of Query, in lower case
}

// filterOf reads a page's parameters. An unknown layer is an error: showing all printers in its place would mislead.
func filterOf(v url.Values) (filter, error) {
	f := filter{Layer: v.Get("layer"), Query: strings.TrimSpace(v.Get("q"))}
	f.words = strings.Fields(strings.ToLower(f.Query))
	known := []string{"", anyFault, noFault, unasked}
	for _, l := range fault.Layers {
		known = append(known, l.String())
	}
	if slices.Contains(known, f.Layer) {
		return f, nil
	}
	return f, fmt.Errorf("layer %q is none of %s", f.Layer, strings.Join(known[1:], ", "))
}

// All reports whether every printer is chosen.
func (f filter) All() bool { return f.Layer == "" && f.Query == "" }

// takes reports whether a printer is chosen.
func (f filter) takes(s *probe.Status) bool { return f.takesLayer(s) && f.takesWords(s) }

func (f filter) takesLayer(s *probe.Status) bool {
	switch f.Layer {
	case "":
		return true
	case anyFault:
		return !s.Fault.None()
	case noFault:
		return s.Success()
	case unasked:
		return neverAsked(s)
	}
	return s.Fault.Layer.String() == f.Layer
}

// neverAsked reports whether nothing is known of a printer yet, not even a fault.
func neverAsked(s *probe.Status) bool { return s.Probes == 0 && s.Fault.None() }

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
	for label, value := range s.Labels {
		if containsFold(label+"="+value, word) {
			return true
		}
	}
	return false
}

func containsFold(text, lower string) bool { return strings.Contains(strings.ToLower(text), lower) }

// link is the fleet page's address for a filter and a page, relative to the fleet page.
func (f filter) link(page int) string {
	v := url.Values{}
	if f.Layer != "" {
		v.Set("layer", f.Layer)
	}
	if f.Query != "" {
		v.Set("q", f.Query)
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "./"
	}
	return "./?" + v.Encode()
}
