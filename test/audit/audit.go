// Package audit compares the event log of a simulated relay with the verdicts of an exporter: whether every outage that
// lasted long enough was detected in time, and whether every verdict was correct. It is a pure function of two logs.
package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

// Verdict is a changed verdict of an exporter.
type Verdict struct {
	Printer   string
	Reason    string    // of the active fault from now on; "" for none
	StartedAt time.Time // start of the probe; zero if unknown
	EndedAt   time.Time
}

// Parameters are the parameters of the comparison.
type Parameters struct {
	From, Until      time.Time     // what is compared; at From all verdicts are correct
	Interval         time.Duration // between two probes of a printer
	MaxProbeDuration time.Duration // the longest duration of a probe, including its start delay
	RetryAfter       time.Duration // of the relay's 429 responses
}

// Report is the result of a comparison. An outage is a period with one fault. Its detection is due if it lasts longer
// than the interval in force at its start, including backoff, plus one probe. Recoveries are the healthy periods between.
type Report struct {
	Outages, OutagesDue       int
	Recoveries, RecoveriesDue int
	Verdicts                  int
	Missed                    []string      // outages and recoveries that were due and not detected in time
	Invented                  []string      // verdicts that were never correct during their probe
	Ambiguous                 int           // incorrect verdicts of probes during which the fault changed
	SlowestDetection          time.Duration // of those that were due
	DetectedByReason          map[string]int
}

// Mismatches returns the number of contradictions between the two logs.
func (r *Report) Mismatches() int { return len(r.Missed) + len(r.Invented) }

// String returns a summary with the first few mismatches.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d outages, %d of them due; %d recoveries, %d of them due; %d verdicts; slowest detection %v; %d ambiguous; %d mismatches",
		r.Outages, r.OutagesDue, r.Recoveries, r.RecoveriesDue, r.Verdicts, r.SlowestDetection.Round(time.Millisecond), r.Ambiguous, r.Mismatches())
	const shown = 10
	for _, list := range [...][]string{r.Missed, r.Invented} {
		for _, m := range list[:min(shown, len(list))] {
			b.WriteString("\n  " + m)
		}
	}
	return b.String()
}

// Compare compares the relay's log with an exporter's verdicts. Both can be in any order.
func Compare(events []simulator.Event, printers []string, verdicts []Verdict, parameters Parameters) *Report {
	r := &Report{DetectedByReason: map[string]int{}}
	service, printerEvents := splitEvents(events)
	verdictsByPrinter := map[string][]Verdict{}
	for _, v := range verdicts {
		verdictsByPrinter[v.Printer] = append(verdictsByPrinter[v.Printer], v)
	}
	for _, name := range printers {
		c := comparison{parameters, name, buildPeriods(printerEvents[name], service, parameters.From, parameters.Until), verdictsByPrinter[name]}
		slices.SortStableFunc(c.verdicts, func(a, b Verdict) int { return a.EndedAt.Compare(b.EndedAt) })
		c.checkDetection(r)
		c.checkVerdicts(r)
	}
	return r
}

// comparison is the comparison of one printer.
type comparison struct {
	Parameters
	printer  string
	periods  []period
	verdicts []Verdict // sorted by time
}

// checkDetection checks whether each period was detected in time.
func (c *comparison) checkDetection(r *Report) {
	for _, p := range c.periods {
		if p.isAmbiguous() {
			continue
		}
		outage := !p.allows("")
		bound := c.maxDelay(p)
		due := p.to.Sub(p.from) > bound && !p.from.Equal(c.From)
		count(&r.Outages, &r.OutagesDue, outage, due)
		count(&r.Recoveries, &r.RecoveriesDue, !outage, due)
		if !due {
			continue
		}
		delay, ok := c.detectionDelay(p)
		if !ok || delay > bound {
			r.Missed = append(r.Missed, fmt.Sprintf("%s was %s from %s to %s, not detected within %v (%s)",
				c.printer, p, formatTime(p.from), formatTime(p.to), bound, c.context(p)))
			continue
		}
		r.SlowestDetection = max(r.SlowestDetection, delay)
		if outage {
			r.DetectedByReason[p.reasons[0]]++
		}
	}
}

func count(all, due *int, one, isDue bool) {
	if one {
		*all++
		if isDue {
			*due++
		}
	}
}

// detectionDelay returns how long it took until a correct verdict; false if there was none during the period.
func (c *comparison) detectionDelay(p period) (time.Duration, bool) {
	if p.allows(c.verdictAt(p.from).Reason) {
		return 0, true
	}
	for _, v := range c.verdicts {
		if v.EndedAt.After(p.from) && !v.EndedAt.After(p.to) && p.allows(v.Reason) {
			return v.EndedAt.Sub(p.from), true
		}
	}
	return 0, false
}

// verdictAt returns the verdict in force at a time.
func (c *comparison) verdictAt(at time.Time) (v Verdict) {
	v.EndedAt = c.From
	for _, other := range c.verdicts {
		if other.EndedAt.After(at) {
			break
		}
		v = other
	}
	return v
}

// checkVerdicts checks whether each verdict was correct at any time during its probe.
func (c *comparison) checkVerdicts(r *Report) {
	for _, v := range c.verdicts {
		if v.EndedAt.Before(c.From) || v.EndedAt.After(c.Until) {
			continue
		}
		r.Verdicts++
		start := c.probeStart(v)
		var fits bool
		overlapping := 0
		for _, p := range c.periods {
			if p.from.After(v.EndedAt) || p.to.Before(start) {
				continue
			}
			overlapping++
			fits = fits || p.allows(v.Reason)
		}
		switch {
		case fits:
		case overlapping > 1 || start.Before(c.From):
			r.Ambiguous++
		default:
			r.Invented = append(r.Invented, fmt.Sprintf("%s was reported as %s at %s, but was %s (%s)", c.printer, reasonText(v.Reason), formatTime(v.EndedAt),
				c.periods[c.periodIndex(v.EndedAt)], c.context(c.periods[c.periodIndex(v.EndedAt)])))
		}
	}
}

// periodIndex returns the index of the period that contains t.
func (c *comparison) periodIndex(t time.Time) int {
	for i, p := range c.periods {
		if t.Before(p.to) {
			return i
		}
	}
	return len(c.periods) - 1
}

// context describes the verdicts around a period, for a mismatch.
func (c *comparison) context(p period) string {
	var b strings.Builder
	fmt.Fprintf(&b, "reported as %s", reasonText(c.verdictAt(p.from).Reason))
	for _, v := range c.verdicts {
		if v.EndedAt.After(p.from) && v.EndedAt.Before(p.to.Add(c.Interval)) {
			fmt.Fprintf(&b, ", from %s as %s", formatTime(v.EndedAt), reasonText(v.Reason))
		}
	}
	return b.String()
}

func formatTime(t time.Time) string { return t.UTC().Format("2 15:04:05.000") }

func reasonText(reason string) string {
	if reason == "" {
		return "healthy"
	}
	return reason
}
