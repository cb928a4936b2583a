// Package audit compares what a simulated relay did with what an exporter made of it: whether every outage that lasted was
// seen in time, and whether anything was seen that was not there. It is pure: two logs go in, a report comes out.
package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

// Verdict is a verdict of an exporter that became another one.
type Verdict struct {
	Printer   string
	Reason    string    // of the fault that stands from now on; "" for none
	StartedAt time.Time // when the probe began that showed it; zero where that is not known
	EndedAt   time.Time
}

// Terms are what may be expected.
type Parameters struct {
	From, Until      time.Time     // what is compared; at From all verdicts were right
	Interval         time.Duration // between two probes of a printer
	MaxProbeDuration time.Duration // the most that a probe takes, lateness included
	RetryAfter       time.Duration // that the relay asks for with a 429
}

// Report is what the comparison has come to. An outage is a stretch of time with one and the same fault; it is due when it
// lasts longer than the distance between questions that was in force when it began, and a probe. Recoveries are the
// stretches in between in which a printer is well.
type Report struct {
	Outages, OutagesDue       int
	Recoveries, RecoveriesDue int
	Verdicts                  int
	Missed                    []string      // outages and recoveries that were due and were not seen within their bound
	Invented                  []string      // verdicts that fit nothing that was there while the printer was asked
	Ambiguous                 int           // verdicts of a probe during which the fault became another one, and that fit neither
	SlowestDetection          time.Duration // from the beginning of what was due until it was seen
	DetectedByReason          map[string]int
}

// Mismatches is how often the two logs contradict each other.
func (r *Report) Mismatches() int { return len(r.Missed) + len(r.Invented) }

// String is the report for people, with the first few mismatches.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d outages, %d of them due; %d recoveries, %d of them due; %d verdicts; seen after %v at most; %d blurred; %d mismatches",
		r.Outages, r.OutagesDue, r.Recoveries, r.RecoveriesDue, r.Verdicts, r.SlowestDetection.Round(time.Millisecond), r.Ambiguous, r.Mismatches())
	const shown = 10
	for _, list := range [...][]string{r.Missed, r.Invented} {
		for _, m := range list[:min(shown, len(list))] {
			b.WriteString("\n  " + m)
		}
	}
	return b.String()
}

// Compare compares the relay's log with an exporter's verdicts. Neither has to be in order.
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

// comparison is that of one printer.
type comparison struct {
	Parameters
	printer  string
	periods  []period
	verdicts []Verdict // in order
}

// seen looks at each stretch of the truth: was it seen within its bound?
func (c *comparison) checkDetection(r *Report) {
	for _, s := range c.periods {
		if s.isAmbiguous() {
			continue
		}
		outage := !s.allows("")
		bound := c.maxDelay(s)
		due := s.to.Sub(s.from) > bound && !s.from.Equal(c.From)
		count(&r.Outages, &r.OutagesDue, outage, due)
		count(&r.Recoveries, &r.RecoveriesDue, !outage, due)
		if !due {
			continue
		}
		after, ok := c.detectionDelay(s)
		if !ok || after > bound {
			r.Missed = append(r.Missed, fmt.Sprintf("%s was %s from %s to %s and that was not seen within %v (%s)",
				c.printer, s, formatTime(s.from), formatTime(s.to), bound, c.context(s)))
			continue
		}
		r.SlowestDetection = max(r.SlowestDetection, after)
		if outage {
			r.DetectedByReason[s.reasons[0]]++
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

// after is how long it took until a verdict fitted a stretch; false when none did while it lasted.
func (c *comparison) detectionDelay(s period) (time.Duration, bool) {
	if s.allows(c.verdictAt(s.from).Reason) {
		return 0, true
	}
	for _, v := range c.verdicts {
		if v.EndedAt.After(s.from) && !v.EndedAt.After(s.to) && s.allows(v.Reason) {
			return v.EndedAt.Sub(s.from), true
		}
	}
	return 0, false
}

// standing is the verdict that stands at a time.
func (c *comparison) verdictAt(at time.Time) (v Verdict) {
	v.EndedAt = c.From
	for _, said := range c.verdicts {
		if said.EndedAt.After(at) {
			break
		}
		v = said
	}
	return v
}

// invented looks at each verdict: was it true at any time while the printer was asked?
func (c *comparison) checkVerdicts(r *Report) {
	for _, v := range c.verdicts {
		if v.EndedAt.Before(c.From) || v.EndedAt.After(c.Until) {
			continue
		}
		r.Verdicts++
		asked := c.probeStart(v)
		var fits bool
		meanwhile := 0
		for _, s := range c.periods {
			if s.from.After(v.EndedAt) || s.to.Before(asked) {
				continue
			}
			meanwhile++
			fits = fits || s.allows(v.Reason)
		}
		switch {
		case fits:
		case meanwhile > 1 || asked.Before(c.From):
			r.Ambiguous++
		default:
			r.Invented = append(r.Invented, fmt.Sprintf("%s was called %s at %s, and was %s (%s)", c.printer, reasonText(v.Reason), formatTime(v.EndedAt),
				c.periods[c.periodIndex(v.EndedAt)], c.context(c.periods[c.periodIndex(v.EndedAt)])))
		}
	}
}

// at is the index of the stretch that holds a time.
func (c *comparison) periodIndex(t time.Time) int {
	for i, s := range c.periods {
		if t.Before(s.to) {
			return i
		}
	}
	return len(c.periods) - 1
}

// around tells, for a mismatch, what was said about the time of a stretch.
func (c *comparison) context(s period) string {
	var b strings.Builder
	fmt.Fprintf(&b, "it stood as %s", reasonText(c.verdictAt(s.from).Reason))
	for _, v := range c.verdicts {
		if v.EndedAt.After(s.from) && v.EndedAt.Before(s.to.Add(c.Interval)) {
			fmt.Fprintf(&b, ", from %s as %s", formatTime(v.EndedAt), reasonText(v.Reason))
		}
	}
	return b.String()
}

func formatTime(t time.Time) string { return t.UTC().Format("2 15:04:05.000") }

func reasonText(reason string) string {
	if reason == "" {
		return "well"
	}
	return reason
}
