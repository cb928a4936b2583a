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
	Printer string
	Reason  string    // of the fault that stands from now on; "" for none
	Asked   time.Time // when the probe began that showed it; zero where that is not known
	At      time.Time
}

// Terms are what may be expected.
type Terms struct {
	From, Until time.Time     // what is compared; at From all verdicts were right
	Interval    time.Duration // between two probes of a printer
	Probe       time.Duration // the most that a probe takes, lateness included
	RetryAfter  time.Duration // that the relay asks for with a 429
}

// Report is what the comparison has come to. An outage is a stretch of time with one and the same fault; it is due when it
// lasts longer than the distance between questions that was in force when it began, and a probe. Recoveries are the
// stretches in between in which a printer is well.
type Report struct {
	Outages, OutagesDue       int
	Recoveries, RecoveriesDue int
	Verdicts                  int
	Late                      []string      // outages and recoveries that were due and were not seen within their bound
	Invented                  []string      // verdicts that fit nothing that was there while the printer was asked
	Blurred                   int           // verdicts of a probe during which the fault became another one, and that fit neither
	Slowest                   time.Duration // from the beginning of what was due until it was seen
	ByReason                  map[string]int
}

// Mismatches is how often the two logs contradict each other.
func (r *Report) Mismatches() int { return len(r.Late) + len(r.Invented) }

// String is the report for people, with the first few mismatches.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d outages, %d of them due; %d recoveries, %d of them due; %d verdicts; seen after %v at most; %d blurred; %d mismatches",
		r.Outages, r.OutagesDue, r.Recoveries, r.RecoveriesDue, r.Verdicts, r.Slowest.Round(time.Millisecond), r.Blurred, r.Mismatches())
	const shown = 10
	for _, list := range [...][]string{r.Late, r.Invented} {
		for _, m := range list[:min(shown, len(list))] {
			b.WriteString("\n  " + m)
		}
	}
	return b.String()
}

// Compare compares the relay's log with an exporter's verdicts. Neither has to be in order.
func Compare(events []simulator.Event, printers []string, verdicts []Verdict, t Terms) *Report {
	r := &Report{ByReason: map[string]int{}}
	service, own := split(events)
	said := map[string][]Verdict{}
	for _, v := range verdicts {
		said[v.Printer] = append(said[v.Printer], v)
	}
	for _, name := range printers {
		c := comparison{t, name, truthOf(own[name], service, t.From, t.Until), said[name]}
		slices.SortStableFunc(c.said, func(a, b Verdict) int { return a.At.Compare(b.At) })
		c.seen(r)
		c.invented(r)
	}
	return r
}

// comparison is that of one printer.
type comparison struct {
	Terms
	printer string
	truth   []stretch
	said    []Verdict // in order
}

// seen looks at each stretch of the truth: was it seen within its bound?
func (c *comparison) seen(r *Report) {
	for _, s := range c.truth {
		if s.vague() {
			continue
		}
		outage := !s.holds("")
		bound := c.bound(s)
		due := s.to.Sub(s.from) > bound && !s.from.Equal(c.From)
		count(&r.Outages, &r.OutagesDue, outage, due)
		count(&r.Recoveries, &r.RecoveriesDue, !outage, due)
		if !due {
			continue
		}
		after, ok := c.after(s)
		if !ok || after > bound {
			r.Late = append(r.Late, fmt.Sprintf("%s was %s from %s to %s and that was not seen within %v (%s)",
				c.printer, s, clock(s.from), clock(s.to), bound, c.around(s)))
			continue
		}
		r.Slowest = max(r.Slowest, after)
		if outage {
			r.ByReason[s.reasons[0]]++
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
func (c *comparison) after(s stretch) (time.Duration, bool) {
	if s.holds(c.standing(s.from).Reason) {
		return 0, true
	}
	for _, v := range c.said {
		if v.At.After(s.from) && !v.At.After(s.to) && s.holds(v.Reason) {
			return v.At.Sub(s.from), true
		}
	}
	return 0, false
}

// standing is the verdict that stands at a time.
func (c *comparison) standing(at time.Time) (v Verdict) {
	v.At = c.From
	for _, said := range c.said {
		if said.At.After(at) {
			break
		}
		v = said
	}
	return v
}

// invented looks at each verdict: was it true at any time while the printer was asked?
func (c *comparison) invented(r *Report) {
	for _, v := range c.said {
		if v.At.Before(c.From) || v.At.After(c.Until) {
			continue
		}
		r.Verdicts++
		asked := c.asked(v)
		var fits bool
		meanwhile := 0
		for _, s := range c.truth {
			if s.from.After(v.At) || s.to.Before(asked) {
				continue
			}
			meanwhile++
			fits = fits || s.holds(v.Reason)
		}
		switch {
		case fits:
		case meanwhile > 1 || asked.Before(c.From):
			r.Blurred++
		default:
			r.Invented = append(r.Invented, fmt.Sprintf("%s was called %s at %s, and was %s (%s)", c.printer, called(v.Reason), clock(v.At),
				c.truth[c.at(v.At)], c.around(c.truth[c.at(v.At)])))
		}
	}
}

// at is the index of the stretch that holds a time.
func (c *comparison) at(t time.Time) int {
	for i, s := range c.truth {
		if t.Before(s.to) {
			return i
		}
	}
	return len(c.truth) - 1
}

// around tells, for a mismatch, what was said about the time of a stretch.
func (c *comparison) around(s stretch) string {
	var b strings.Builder
	fmt.Fprintf(&b, "it stood as %s", called(c.standing(s.from).Reason))
	for _, v := range c.said {
		if v.At.After(s.from) && v.At.Before(s.to.Add(c.Interval)) {
			fmt.Fprintf(&b, ", from %s as %s", clock(v.At), called(v.Reason))
		}
	}
	return b.String()
}

func clock(t time.Time) string { return t.UTC().Format("2 15:04:05.000") }

func called(reason string) string {
	if reason == "" {
		return "well"
	}
	return reason
}
