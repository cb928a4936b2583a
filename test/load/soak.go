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

// soakLeast is the shortest time from which anything can be said of a slope.
const minSoak = 2 * time.Minute

// An outage begins somewhere every outageEvery, and lasts between outageLeast and outageMost. Those of the service last between
// serviceLeast and serviceMost.
const (
	outageInterval   = 500 * time.Millisecond
	minOutage        = 5 * time.Second
	maxOutage        = 5 * time.Minute
	minServiceOutage = 10 * time.Second
	maxServiceOutage = 30 * time.Second
)

// A quarter of the printers fail, each in three ways: after a while the exporter has met all that there is to be remembered, so
// that what grows from then on is something else.
const (
	failingRatio     = 4
	faultsPerPrinter = 3
)

// soakAll lets outages come and go with each number of printers, and fails if they were not all seen, or if anything grew.
func soakAll(ctx context.Context, o options, program, dir string, out, progress io.Writer) error {
	for _, n := range o.printers {
		fmt.Fprintf(progress, "%d printers: about %v\n", n, o.soak+time.Minute)
		s, err := soakOne(ctx, o, program, dir, n)
		if err != nil {
			return fmt.Errorf("%d printers: %w", n, err)
		}
		fmt.Fprintf(out, "%d printers every %v, for %v:\n%s\n", n, o.interval, o.soak, s)
		if err := s.check(); err != nil {
			return fmt.Errorf("%d printers: %w", n, err)
		}
	}
	return nil
}

// soak is what came of it.
type soakResult struct {
	report  *audit.Report
	probes  float64
	samples []sample // after a third of the time, in which memory is still being filled
}

// sample is what the exporter held at a time.
type sample struct {
	at                      time.Time
	resident, liveHeap      int // bytes; what was live in the heap at the last collection
	descriptors, goroutines int
}

func soakOne(ctx context.Context, o options, program, dir string, printers int) (s *soakResult, err error) {
	limit := o.soak + 5*time.Minute
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it was not over after %v", limit))
	defer cancel()
	ctx, l, err := startTestbed(ctx, o, program, dir, printers)
	if err != nil {
		return nil, err
	}
	defer l.close()
	if err := l.waitForFirstProbes(ctx, printers); err != nil {
		return nil, err
	}
	names, err := l.printerNames(ctx)
	if err != nil {
		return nil, err
	}
	s = &soakResult{}
	w := outageGenerator{testbed: l, names: names, random: rand.New(rand.NewPCG(1, uint64(printers))), outageEnds: map[string]time.Time{}, events: map[simulator.Event]bool{}}
	from := time.Now()
	w.serviceInterval = max(o.soak/9, 40*time.Second) // both of its ways are met before one looks at memory
	w.nextService = from.Add(w.serviceInterval)
	for next := from; time.Since(from) < o.soak; next = next.Add(outageInterval) {
		if err := sleepContext(ctx, time.Until(next)); err != nil {
			return nil, err
		}
		if err := w.step(ctx, time.Now()); err != nil {
			return nil, err
		}
		if time.Since(from) > o.soak/3 && (len(s.samples) == 0 || time.Since(s.samples[len(s.samples)-1].at) > 5*time.Second) {
			if err := s.takeSample(ctx, l); err != nil {
				return nil, err
			}
		}
	}
	if err := w.readEvents(ctx); err != nil {
		return nil, err
	}
	s.report = audit.Compare(w.allEvents(), names, l.verdicts.list(), audit.Parameters{
		From: from, Until: time.Now(), Interval: o.interval,
		MaxProbeDuration: o.interval, // all questions of a probe fit in it
		RetryAfter:       2 * time.Minute,
	})
	return s, nil
}

// weather is what is done to the fleet.
type outageGenerator struct {
	testbed      *testbed
	names        []string
	random       *rand.Rand
	outageEnds   map[string]time.Time // outages under way
	events       map[simulator.Event]bool
	eventsReadAt time.Time

	serviceInterval time.Duration
	nextService     time.Time
	lastWasRestart  bool      // it did last
	serviceUpAt     time.Time // when the service is to be up again; zero: it is
}

// blow begins an outage, and ends those that are to be over.
func (w *outageGenerator) step(ctx context.Context, now time.Time) error {
	var orders []string
	for name, end := range w.outageEnds {
		if now.After(end) {
			orders = append(orders, "/faults?clear=1&printer="+url.QueryEscape(name))
			delete(w.outageEnds, name)
		}
	}
	i := w.random.IntN((len(w.names)+failingRatio-1)/failingRatio) * failingRatio
	if name := w.names[i]; w.outageEnds[name].IsZero() {
		words := outageFaults()
		word := words[(i/failingRatio*faultsPerPrinter+w.random.IntN(faultsPerPrinter))%len(words)]
		orders = append(orders, "/faults?set="+string(word)+"&printer="+url.QueryEscape(name))
		w.outageEnds[name] = now.Add(w.randomDuration(minOutage, maxOutage))
	}
	switch {
	case !w.serviceUpAt.IsZero() && now.After(w.serviceUpAt):
		orders = append(orders, "/up")
		w.serviceUpAt = time.Time{}
	case now.After(w.nextService):
		w.nextService = now.Add(w.serviceInterval)
		if w.lastWasRestart = !w.lastWasRestart; w.lastWasRestart {
			orders = append(orders, "/restart")
			break
		}
		orders = append(orders, "/down")
		w.serviceUpAt = now.Add(w.randomDuration(minServiceOutage, maxServiceOutage))
	}
	for _, order := range orders {
		if err := w.testbed.post(ctx, order); err != nil {
			return err
		}
	}
	if now.Sub(w.eventsReadAt) < time.Minute {
		return nil
	}
	w.eventsReadAt = now
	return w.readEvents(ctx)
}

// listen takes over the relay's log, of which it keeps only so much.
func (w *outageGenerator) readEvents(ctx context.Context) error {
	events, err := w.testbed.relayEvents(ctx)
	for _, e := range events {
		w.events[e] = true
	}
	return err
}

func (w *outageGenerator) allEvents() (events []simulator.Event) {
	for e := range w.events {
		events = append(events, e)
	}
	return events
}

// lasts is a random time, with as many short ones as long ones.
func (w *outageGenerator) randomDuration(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), w.random.Float64()))
}

// outageWords are the faults of printers that can be put on while the relay listens.
func outageFaults() []simulator.Fault {
	return slices.DeleteFunc(simulator.Faults(), func(f simulator.Fault) bool {
		return f.Expected().None() || f == simulator.Unreachable
	})
}

// names are those of all printers.
func (l *testbed) printerNames(ctx context.Context) (names []string, err error) {
	visits, err := l.healthyCounts(ctx)
	for name := range visits {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

func (s *soakResult) takeSample(ctx context.Context, l *testbed) error {
	resident, err := readResident(l.exporter.pid)
	if err != nil {
		return err
	}
	descriptors, err := countDescriptors(l.exporter.pid)
	if err != nil {
		return err
	}
	e, err := l.scrapeMetrics(ctx)
	if err != nil {
		return err
	}
	s.probes = e.probes
	// The next collection is due when the heap has doubled (GOGC=100).
	s.samples = append(s.samples, sample{time.Now(), int(resident), int(e.nextGC / 2), descriptors, e.goroutines})
	return nil
}

// slope is by how much a quantity grows in an hour: that of the line with the least squares.
func (s *soakResult) slopePerHour(of func(sample) int) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, p := range s.samples {
		x, y := p.at.Sub(s.samples[0].at).Hours(), float64(of(p))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// span is the least and the most of a quantity.
func (s *soakResult) minMax(of func(sample) int) (least, most int) {
	least, most = of(s.samples[0]), of(s.samples[0])
	for _, p := range s.samples {
		least, most = min(least, of(p)), max(most, of(p))
	}
	return least, most
}

// quantity is something that must not grow, but by its noise.
type trackedQuantity struct {
	name      string
	value     func(sample) int
	tolerance float64 // a part
	unit      float64
}

// quantities are all that is looked at. Questions that hang have goroutines, and more of them hang at one time than at another.
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
		fmt.Fprintf(&b, "; %s to %s %s, slope %+.1f an hour", formatNumber(float64(least)/q.unit), formatNumber(float64(most)/q.unit), q.name, s.slopePerHour(q.value)/q.unit)
	}
	return b.String()
}

// verdict is what is wrong with it: the second half of the samples is compared with the first.
func (s *soakResult) check() error {
	var wrong []error
	if n := s.report.Mismatches(); n > 0 {
		wrong = append(wrong, fmt.Errorf("the relay's log and the exporter's contradict each other %d times", n))
	}
	half := len(s.samples) / 2
	early, late := &soakResult{samples: s.samples[:half]}, &soakResult{samples: s.samples[half:]}
	for _, q := range trackedQuantities {
		_, before := early.minMax(q.value)
		if _, after := late.minMax(q.value); float64(after) > float64(before)*(1+q.tolerance)+10 {
			wrong = append(wrong, fmt.Errorf("%s became more: %s, and then %s", q.name, formatNumber(float64(before)/q.unit), formatNumber(float64(after)/q.unit)))
		}
	}
	return errors.Join(wrong...)
}
