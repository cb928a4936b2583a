package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// warning is a kind of setting that is valid but risky. Each kind is reported once, with its first occurrence and the number
// of the others: a fleet may have thousands of printers. Of slips the first ones are listed.
type warning string

const (
	publicFile       warning = "contains a secret and is readable by every user; run chmod 640 on it"
	skipVerify       warning = "insecure_skip_verify accepts any certificate, so credentials can be intercepted; set ca_file instead"
	plainHTTP        warning = "insecure: plain http exposes credentials on the network"
	shortInterval    warning = "is probed more often than every 10s, which loads the plugin's computer and the service"
	duplicateAddress warning = "have the same address, so one printer is counted twice"
	proxyVariable    warning = "this environment variable is not the address of a proxy; use the form http://host:port"
	noMatch          warning = "matches no files yet"
	emptyFile        warning = "is empty, so its printers are not probed; remove the file if that is meant"
	noPrinters       warning = "no printers are configured yet; nothing is probed"
	allDisabled      warning = "all printers are disabled; nothing is probed"
)

// warnings are the occurrences of each kind.
type warnings struct{ seen map[warning]*occurrences }

type occurrences struct {
	order    int // of the kind, by its first occurrence
	subjects []string
	seen     map[string]bool
}

// warn records a warning about a subject. Repeating it changes nothing.
func (w *warnings) warn(kind warning, subject string) {
	o, ok := w.seen[kind]
	if !ok {
		o = &occurrences{order: len(w.seen), seen: map[string]bool{}}
		w.seen[kind] = o
	}
	if !o.seen[subject] {
		o.seen[subject] = true
		o.subjects = append(o.subjects, subject)
	}
}

// maxSlips is how many slips of a kind are listed.
const maxSlips = 10

// texts returns the warnings, in the order of the kinds' first occurrences.
func (w *warnings) texts() []string {
	kinds := slices.SortedFunc(maps.Keys(w.seen), func(a, b warning) int { return cmp.Compare(w.seen[a].order, w.seen[b].order) })
	var texts []string
	for _, kind := range kinds {
		texts = append(texts, w.seen[kind].texts(kind)...)
	}
	return texts
}

func (o *occurrences) texts(kind warning) []string {
	listed := 1
	if kind.isSlip() {
		listed = min(maxSlips, len(o.subjects))
	}
	texts := make([]string, listed)
	for i, subject := range o.subjects[:listed] {
		texts[i] = string(kind)
		if subject != "" {
			texts[i] = subject + ": " + string(kind)
		}
	}
	if more := len(o.subjects) - listed; more > 0 {
		texts[listed-1] += fmt.Sprintf(" (and %d more)", more)
	}
	return texts
}
