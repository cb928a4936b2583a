package probe

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// maxHistory is how many verdicts before the present one are kept per printer. Together they take less than 1 kB.
const maxHistory = 9

// Verdict is the conclusion about a printer during a period: the fault that is active, or none.
type Verdict struct {
	Fault fault.Fault
	Since time.Time // the period ends when the next one begins
}

// History holds the verdicts before the present one, the newest last. It is never changed in place.
type History []Verdict

// add returns a history that ends with v.
func (h History) add(v Verdict) History {
	kept := h[max(0, len(h)+1-maxHistory):]
	next := make(History, 0, len(kept)+1)
	return append(append(next, kept...), v)
}

// Verdicts returns the present verdict and those before it, the newest first; none before the first probe.
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
