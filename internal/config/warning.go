package config

import "fmt"

// caution is a kind of what is allowed and unwise. A fleet has 10,000 printers: each kind is said once, with its first
// occurrence and the number of the others.
type caution string

const (
	publicFile  caution = "holds a secret and may be read by every user of this machine; chmod 640 it"
	skipVerify  caution = "insecure_skip_verify believes any certificate: whoever is on the way can read the credentials; give the authority's certificate as ca_file"
	plainHTTP   caution = "insecure: the address is plain http, which shows credentials to everyone on the way"
	hasty       caution = "is probed more often than every 10s, which burdens the plugin's computer and the service"
	sameAddress caution = "have the same address: one printer would be counted twice"
	noMatch     caution = "matches no file yet"
	noPrinters  caution = "there are no printers yet: nothing is probed"
)

// warnings are what was met of each kind.
type warnings struct{ met map[caution]*occurrences }

type occurrences struct {
	rank     int // among the kinds, in the order in which they were met
	first    string
	subjects map[string]bool
}

// warn notes that something holds for a subject. To say it twice is to say it once.
func (w *warnings) warn(c caution, subject string) {
	o, ok := w.met[c]
	if !ok {
		o = &occurrences{len(w.met), subject, map[string]bool{}}
		w.met[c] = o
	}
	o.subjects[subject] = true
}

// texts are the warnings for people.
func (w *warnings) texts() []string {
	texts := make([]string, len(w.met)) // by rank
	for c, o := range w.met {
		text := string(c)
		if o.first != "" {
			text = o.first + ": " + text
		}
		if more := len(o.subjects) - 1; more > 0 {
			text += fmt.Sprintf(" (and %d more)", more)
		}
		texts[o.rank] = text
	}
	return texts
}
