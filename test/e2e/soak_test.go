package e2e

import (
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unique"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
	"octoeverywhere_exporter/test/audit"
	"octoeverywhere_exporter/test/testkit"
)

// TestADayOfOutages: faults at every layer begin and end at random, the service fails and restarts. Each outage is found
// within its bound, no other is, and neither memory nor goroutines grow.
func TestADayOfOutages(t *testing.T) {
	printers, lasts := 200, 8*time.Hour
	if testkit.Long() {
		printers, lasts = 2000, 24*time.Hour
	}
	begun := time.Now()
	synctest.Test(t, func(t *testing.T) {
		d := simulate(t, printers)
		metrics := scrapable(d.fleet)
		time.Sleep(5 * time.Minute)
		day := outages{d: d, r: rand.New(rand.NewPCG(1, 2)), from: time.Now(), events: make(map[simulator.Event]bool, printers*int(lasts/time.Hour)*4)} // preallocated: it must not grow
		day.plan(lasts)
		d.mu.Lock()
		d.seen = make([]change, 0, printers*200) // nor must this
		d.mu.Unlock()

		var used usage
		for end := day.from.Add(lasts); time.Now().Before(end); {
			day.run(min(30*time.Minute, time.Until(end)))
			scrape(t, metrics, printers)
			used.measure(t, time.Since(day.from))
		}
		report := day.audit()
		t.Log(report)
		t.Logf("seen by reason: %v", report.DetectedByReason)
		if report.Mismatches() > 0 || report.Ambiguous > report.Verdicts/100 {
			t.Error("the relay's log and the verdicts differ")
		}
		if want := printers * int(lasts/time.Hour) / 4; report.OutagesDue < want || report.RecoveriesDue < want {
			t.Errorf("fewer than %d outages and recoveries: is this a day of outages?", want)
		}
		for _, f := range faultsOfADay() {
			if report.DetectedByReason[f.Expected().Reason] == 0 {
				t.Errorf("%s never occurred", f)
			}
		}
		used.checkFlat(t, printers)
		for _, p := range d.relay.Printers() {
			if c, err := d.relay.Counts(p.Name); err != nil || c.Forbidden+c.OtherMethods != 0 || c.MaxConcurrent != 1 {
				t.Errorf("%+v %v", c, err)
			}
		}
		total := d.relay.Total()
		t.Logf("%d printers, %v: %d requests", printers, lasts, total.Requests)
	})
	t.Logf("it took %v", time.Since(begun).Round(time.Millisecond))
}

// faultsOfADay returns all faults of the simulator that lead to a fault of the table.
func faultsOfADay() []simulator.Fault {
	return slices.DeleteFunc(simulator.Faults(), func(f simulator.Fault) bool { return f.Expected().None() })
}

// outages are the faults of a fleet in a day.
type outages struct {
	d      *simulation
	r      *rand.Rand
	from   time.Time
	steps  []step // in order
	events map[simulator.Event]bool
}

type step struct {
	at time.Time
	do func() error
}

// plan makes a printer fail about every second hour, for ten seconds to three hours, each with its own faults, and the service
// sometimes.
func (o *outages) plan(lasts time.Duration) {
	all := faultsOfADay()
	for i, p := range o.d.relay.Printers() {
		ways := []simulator.Fault{all[i%len(all)], all[o.r.IntN(len(all))], all[o.r.IntN(len(all))], simulator.NaN}
		for at := time.Duration(0); ; {
			at += o.exponential(80 * time.Minute)
			if at > lasts {
				break
			}
			f := ways[o.r.IntN(len(ways))]
			o.steps = append(o.steps, step{o.from.Add(at), func() error { return o.d.relay.SetFault(p.Name, f) }})
			if o.r.IntN(8) > 0 { // otherwise until the next fault
				at += o.logUniform(10*time.Second, 3*time.Hour)
				o.steps = append(o.steps, step{o.from.Add(at), func() error { return o.d.relay.ClearFault(p.Name) }})
			}
		}
	}
	for at := o.exponential(2 * time.Hour); at < lasts; at += o.exponential(2 * time.Hour) {
		if o.r.IntN(2) > 0 {
			o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.RestartService(); return nil }})
			continue
		}
		o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.ServiceDown(); return nil }})
		at += o.logUniform(20*time.Second, 20*time.Minute)
		o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.ServiceUp(); return nil }})
	}
	slices.SortStableFunc(o.steps, func(a, b step) int { return a.at.Compare(b.at) })
}

// exponential returns the time to the next of independent events.
func (o *outages) exponential(mean time.Duration) time.Duration {
	return time.Duration(o.r.ExpFloat64() * float64(mean))
}

// logUniform returns a random time whose logarithm is uniform.
func (o *outages) logUniform(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), o.r.Float64()))
}

// run lets time pass, executes the plan, and copies the relay's log, which is bounded.
func (o *outages) run(d time.Duration) {
	end := time.Now().Add(d)
	for len(o.steps) > 0 && o.steps[0].at.Before(end) {
		time.Sleep(time.Until(o.steps[0].at))
		o.d.must(o.steps[0].do())
		o.steps = o.steps[1:]
	}
	time.Sleep(time.Until(end))
	synctest.Wait()
	for _, e := range o.d.relay.Events() {
		e.What = unique.Make(e.What).Value()
		o.events[e] = true
	}
}

// audit compares the relay's log with the changes of status.
func (o *outages) audit() *audit.Report {
	var events []simulator.Event
	for e := range o.events {
		events = append(events, e)
	}
	var names []string
	for _, p := range o.d.relay.Printers() {
		names = append(names, p.Name)
	}
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	var verdicts []audit.Verdict
	for _, c := range o.d.seen {
		verdicts = append(verdicts, audit.Verdict{Printer: c.printer, Reason: c.to.Reason, StartedAt: c.sent, EndedAt: c.at})
	}
	return audit.Compare(events, names, verdicts, audit.Parameters{
		From: o.from, Until: time.Now(), Interval: time.Minute, RetryAfter: 2 * time.Minute,
		MaxProbeDuration: 57 * time.Second, // a status, a ping and an info request, which leave a twentieth of the interval free
	})
}

// scrapable serves all metrics of a fleet.
func scrapable(f *fleet.Fleet) http.Handler {
	return collector.New(collector.Options{
		Recorder: collector.NewRecorder(), Fleet: f, Edges: f.NewEdges(), Schedule: plannedAt{},
		LabelNames: func() []string { return nil },
	}).Handler()
}

// plannedAt is a schedule without ticks.
type plannedAt struct{}

func (plannedAt) NextProbe(s *probe.Status) time.Time { _, due := s.Plan(time.Now()); return due }
func (plannedAt) Skipped() uint64                     { return 0 }

// scrape reads all metrics.
func scrape(t *testing.T, metrics http.Handler, printers int) {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	text, err := io.ReadAll(w.Result().Body)
	if n := strings.Count(string(text), "\noctoeverywhere_probe_success{"); n != printers || err != nil {
		t.Errorf("%d printers are exported: %v", n, err)
	}
}

// usage is the memory and the goroutines over time.
type usage struct {
	hours, heap []float64
	goroutines  []int
}

func (u *usage) measure(t *testing.T, passed time.Duration) {
	t.Helper()
	synctest.Wait()
	u.hours = append(u.hours, passed.Hours())
	u.heap = append(u.heap, float64(testkit.HeapInUse()))
	u.goroutines = append(u.goroutines, runtime.NumGoroutine())
}

// checkFlat checks the growth in the second half: until then printers have faults for the first time, each of which is
// remembered.
func (u *usage) checkFlat(t *testing.T, printers int) {
	t.Helper()
	half := len(u.hours) / 2
	slope := slopeOf(u.hours[half:], u.heap[half:]) / float64(printers)
	first, second := slices.Max(u.goroutines[:half]), slices.Max(u.goroutines[half:])
	t.Logf("heap: %.1f MB half way, %.1f MB at the end, slope %.1f bytes per printer and hour; at most %d goroutines in the first half, %d in the second",
		u.heap[half]/1e6, u.heap[len(u.heap)-1]/1e6, slope, first, second)
	most := 400.0 // in a short run the relay's own log still grows, and printers have faults for the first time
	if testkit.Long() {
		most = 120 // the past of a day is kept: periods of 24 bytes and prints of 72, until they are a day old
	}
	if slope > most {
		t.Errorf("memory grows by %.0f bytes per printer and hour: %.0f", slope, u.heap)
	}
	// Idle workers are kept, up to the maximum that ran at a time.
	if second > first+printers/10 {
		t.Errorf("the number of goroutines grows: %v", u.goroutines)
	}
}

// slopeOf returns the slope of a least-squares fit.
func slopeOf(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
