package config

import "fmt"

// warning is a kind of setting that is valid but risky. Each kind is reported once, with its first occurrence and the number
// of the others: a fleet may have thousands of printers.
type warning string

const (
	publicFile       warning = "contains a secret and is readable by every user; run chmod 640 on it"
	skipVerify       warning = "insecure_skip_verify accepts any certificate, so credentials can be intercepted; set ca_file instead"
	plainHTTP        warning = "insecure: plain http exposes credentials on the network"
	shortInterval    warning = "is probed more often than every 10s, which loads the plugin's computer and the service"
	duplicateAddress warning = "have the same address, so one printer is counted twice"
	noMatch          warning = "matches no files yet"
	noPrinters       warning = "no printers are configured yet; nothing is probed"
)

// warnings are the occurrences of each kind.
type warnings struct{ seen map[warning]*occurrences }

type occurrences struct {
	order    int // of the kind, by its first occurrence
	first    string
	subjects map[string]bool
}

// warn records a warning about a subject. Repeating it changes nothing.
func (w *warnings) warn(kind warning, subject string) {
	o, ok := w.seen[kind]
	if !ok {
		o = &occurrences{len(w.seen), subject, map[string]bool{}}
		w.seen[kind] = o
	}
	o.subjects[subject] = true
}

// texts returns a line per kind, in the order of their first occurrences.
func (w *warnings) texts() []string {
	texts := make([]string, len(w.seen))
	for kind, o := range w.seen {
		text := string(kind)
		if o.first != "" {
			text = o.first + ": " + text
		}
		if more := len(o.subjects) - 1; more > 0 {
			text += fmt.Sprintf(" (and %d more)", more)
		}
		texts[o.order] = text
	}
	return texts
}
