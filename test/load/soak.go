package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/audit"
)

// minSoak is the shortest duration that gives a meaningful slope.
const minSoak = 2 * time.Minute

// Every outageInterval, an outage of a printer starts. It lasts from minOutage to maxOutage. Outages of the service last
// from minServiceOutage to maxServiceOutage.
const (
	outageInterval   = 500 * time.Millisecond
	minOutage        = 5 * time.Second
	maxOutage        = 5 * time.Minute
	minServiceOutage = 10 * time.Second
	maxServiceOutage = 30 * time.Second
)

// One in failingRatio printers fails, each with faultsPerPrinter faults. After a while the exporter has seen every error
// that it remembers, so that later growth is a leak.
const (
	failingRatio     = 4
	faultsPerPrinter = 3
)

// soakAll runs outages with each number of printers. It returns an error if one was not detected, or if the exporter's
// resources grew.
func soakAll(ctx context.Context, o options, program, dir string, out, progress io.Writer) error {
	for _, n := range o.printers {
		fmt.Fprintf(progress, "%d printers: takes about %v\n", n, o.soak+time.Minute)
		s, err := soakOne(ctx, o, program, dir, n)
		if err != nil {
			return fmt.Errorf("%d printers: %w", n, err)
		}
		fmt.Fprintf(out, "%d printers, interval %v, duration %v:\n%s\n", n, o.interval, o.soak, s)
		if err := s.check(); err != nil {
			return fmt.Errorf("%d printers: %w", n, err)
		}
	}
	return nil
}

// soakResult is the result of one run.
type soakResult struct {
	report  *audit.Report
	probes  float64
	samples []sample // after a third of the time, when caches are filled
}

// sample is the exporter's use of resources at one time.
type sample struct {
	at                      time.Time
	resident, liveHeap      int // bytes; liveHeap as of the last collection
	descriptors, goroutines int
}

func soakOne(ctx context.Context, o options, program, dir string, printers int) (s *soakResult, err error) {
	limit := o.soak + 5*time.Minute
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("timeout after %v", limit))
	defer cancel()
	ctx, tb, err := startTestbed(ctx, o, program, dir, printers)
	if err != nil {
		return nil, err
	}
	defer tb.close()
	if err := tb.waitForFirstProbes(ctx, printers); err != nil {
		return nil, err
	}
	names, err := tb.printerNames(ctx)
	if err != nil {
		return nil, err
	}
	s = &soakResult{}
	g := outageGenerator{testbed: tb, names: names, random: rand.New(rand.NewPCG(1, uint64(printers))), outageEnds: map[string]time.Time{}, events: map[simulator.Event]bool{}}
	from := time.Now()
	g.serviceInterval = max(o.soak/9, 40*time.Second) // both kinds of service outages happen before the first sample
	g.nextService = from.Add(g.serviceInterval)
	for next := from; time.Since(from) < o.soak; next = next.Add(outageInterval) {
		if err := sleepContext(ctx, time.Until(next)); err != nil {
			return nil, err
		}
		if err := g.step(ctx, time.Now()); err != nil {
			return nil, err
		}
		if time.Since(from) > o.soak/3 && (len(s.samples) == 0 || time.Since(s.samples[len(s.samples)-1].at) > 5*time.Second) {
			if err := s.takeSample(ctx, tb); err != nil {
				return nil, err
			}
		}
	}
	if err := g.readEvents(ctx); err != nil {
		return nil, err
	}
	s.report = audit.Compare(g.allEvents(), names, tb.verdicts.list(), audit.Parameters{
		From: from, Until: time.Now(), Interval: o.interval,
		MaxProbeDuration: o.interval, // all requests of a probe fit in the interval
		RetryAfter:       2 * time.Minute,
	})
	return s, nil
}

// outageGenerator starts and ends outages.
type outageGenerator struct {
	testbed      *testbed
	names        []string
	random       *rand.Rand
	outageEnds   map[string]time.Time // active outages
	events       map[simulator.Event]bool
	eventsReadAt time.Time

	serviceInterval time.Duration
	nextService     time.Time
	lastWasRestart  bool      // of the service
	serviceUpAt     time.Time // when the service's outage ends; zero: none is active
}

// step starts an outage, and ends those that are due.
func (g *outageGenerator) step(ctx context.Context, now time.Time) error {
	var paths []string
	for name, end := range g.outageEnds {
		if now.After(end) {
			paths = append(paths, "/faults?clear=1&printer="+url.QueryEscape(name))
			delete(g.outageEnds, name)
		}
	}
	i := g.random.IntN((len(g.names)+failingRatio-1)/failingRatio) * failingRatio
	if name := g.names[i]; g.outageEnds[name].IsZero() {
		faults := outageFaults()
		f := faults[(i/failingRatio*faultsPerPrinter+g.random.IntN(faultsPerPrinter))%len(faults)]
		paths = append(paths, "/faults?set="+string(f)+"&printer="+url.QueryEscape(name))
		g.outageEnds[name] = now.Add(g.randomDuration(minOutage, maxOutage))
	}
	switch {
	case !g.serviceUpAt.IsZero() && now.After(g.serviceUpAt):
		paths = append(paths, "/up")
		g.serviceUpAt = time.Time{}
	case now.After(g.nextService):
		g.nextService = now.Add(g.serviceInterval)
		if g.lastWasRestart = !g.lastWasRestart; g.lastWasRestart {
			paths = append(paths, "/restart")
			break
		}
		paths = append(paths, "/down")
		g.serviceUpAt = now.Add(g.randomDuration(minServiceOutage, maxServiceOutage))
	}
	for _, path := range paths {
		if err := g.testbed.post(ctx, path); err != nil {
			return err
		}
	}
	if now.Sub(g.eventsReadAt) < time.Minute {
		return nil
	}
	g.eventsReadAt = now
	return g.readEvents(ctx)
}

// readEvents copies the relay's event log, which is bounded.
func (g *outageGenerator) readEvents(ctx context.Context) error {
	events, err := g.testbed.relayEvents(ctx)
	for _, e := range events {
		g.events[e] = true
	}
	return err
}

func (g *outageGenerator) allEvents() (events []simulator.Event) {
	for e := range g.events {
		events = append(events, e)
	}
	return events
}

// randomDuration returns a log-uniformly distributed duration.
func (g *outageGenerator) randomDuration(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), g.random.Float64()))
}

// outageFaults returns the faults that can be set while the relay is listening.
func outageFaults() []simulator.Fault {
	return slices.DeleteFunc(simulator.Faults(), func(f simulator.Fault) bool {
		return f.Expected().None() || f == simulator.Unreachable
	})
}

// printerNames returns the names of all printers. No fault may be active.
func (tb *testbed) printerNames(ctx context.Context) (names []string, err error) {
	counts, err := tb.healthyCounts(ctx)
	for name := range counts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

func (s *soakResult) takeSample(ctx context.Context, tb *testbed) error {
	resident, err := readResident(tb.exporter.pid)
	if err != nil {
		return err
	}
	descriptors, err := countDescriptors(tb.exporter.pid)
	if err != nil {
		return err
	}
	e, err := tb.scrapeMetrics(ctx)
	if err != nil {
		return err
	}
	s.probes = e.probes
	// The next collection is due when the heap has doubled (GOGC=100).
	s.samples = append(s.samples, sample{time.Now(), int(resident), int(e.nextGC / 2), descriptors, e.goroutines})
	return nil
}

// slopePerHour returns the growth of a quantity by linear regression.
func (s *soakResult) slopePerHour(of func(sample) int) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, p := range s.samples {
		x, y := p.at.Sub(s.samples[0].at).Hours(), float64(of(p))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// minMax returns the smallest and the largest value of a quantity.
func (s *soakResult) minMax(of func(sample) int) (least, most int) {
	least, most = of(s.samples[0]), of(s.samples[0])
	for _, p := range s.samples {
		least, most = min(least, of(p)), max(most, of(p))
	}
	return least, most
}

// trackedQuantity is a quantity that must not grow by more than its tolerance.
type trackedQuantity struct {
	name      string
	value     func(sample) int
	tolerance float64 // ratio
	unit      float64
}

// trackedQuantities are the tracked quantities. Hanging requests have goroutines, and their number varies.
var trackedQuantities = []trackedQuantity{
	{"MB resident", func(p sample) int { return p.resident }, 0.2, 1e6},
	{"MB live in the heap", func(p sample) int { return p.liveHeap }, 0.2, 1e6},
	{"descriptors", func(p sample) int { return p.descriptors }, 0.5, 1},
	{"goroutines", func(p sample) int { return p.goroutines }, 0.5, 1},
}

func (s *soakResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s probes", s.report, formatInt(int(s.probes)))
	for _, q := range trackedQuantities {
		least, most := s.minMax(q.value)
		fmt.Fprintf(&b, "; %s to %s %s, slope %+.1f per hour", formatNumber(float64(least)/q.unit), formatNumber(float64(most)/q.unit), q.name, s.slopePerHour(q.value)/q.unit)
	}
	return b.String()
}

// check compares the second half of the samples with the first, and returns what is wrong.
func (s *soakResult) check() error {
	var wrong []error
	if n := s.report.Mismatches(); n > 0 {
		wrong = append(wrong, fmt.Errorf("the relay's log and the exporter's have %d mismatches", n))
	}
	half := len(s.samples) / 2
	early, late := &soakResult{samples: s.samples[:half]}, &soakResult{samples: s.samples[half:]}
	for _, q := range trackedQuantities {
		_, before := early.minMax(q.value)
		if _, after := late.minMax(q.value); float64(after) > float64(before)*(1+q.tolerance)+10 {
			wrong = append(wrong, fmt.Errorf("%s grew from %s to %s", q.name, formatNumber(float64(before)/q.unit), formatNumber(float64(after)/q.unit)))
		}
	}
	return errors.Join(wrong...)
}
