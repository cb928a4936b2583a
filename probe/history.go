package probe

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// maxHistory is how many earlier verdicts are remembered of a printer: with the present one ten, in less than 1 kB.
const maxHistory = 9

// Verdict is what stood of a printer for a while: a fault, or none.
type Verdict struct {
	Fault fault.Fault // none: all was well
	Since time.Time   // until the next one began
}

// History are the verdicts that stood before the present one, the newest last. It is never changed in place: a Status
// that was given away keeps its own.
type History []Verdict

// add gives a history that ends with v.
func (h History) add(v Verdict) History {
	kept := h[max(0, len(h)+1-maxHistory):]
	next := make(History, 0, len(kept)+1)
	return append(append(next, kept...), v)
}

// Verdicts are the present verdict and those before it, the newest first; none before the first probe.
func (s *Status) Verdicts() []Verdict {
	if s.Since.IsZero() {
		return nil
	}
	all := make([]Verdict, 0, len(s.History)+1)
	all = append(all, Verdict{s.Fault, s.Since})
	for _, v := range slices.Backward(s.History) {
		all = append(all, v)
	}
	return all
}
