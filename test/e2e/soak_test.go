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
	"octoeverywhere_exporter/test/audit"
	"octoeverywhere_exporter/test/testkit"
)

// TestADayOfOutages: faults at every layer come and go at random, the service fails and restarts. Each outage that lasts is
// seen within its bound, none is invented, and neither memory nor goroutines grow.
func TestADayOfOutages(t *testing.T) {
	printers, lasts := 200, 8*time.Hour
	if testkit.Long() {
		printers, lasts = 2000, 24*time.Hour
	}
	begun := time.Now()
	synctest.Test(t, func(t *testing.T) {
		d := begin(t, printers)
		metrics := scrapable(d.fleet)
		time.Sleep(5 * time.Minute)
		day := outages{d: d, r: rand.New(rand.NewPCG(1, 2)), from: time.Now(), events: make(map[simulator.Event]bool, printers*int(lasts/time.Hour)*4)} // so that it does not grow
		day.plan(lasts)
		d.mu.Lock()
		d.seen = make([]change, 0, printers*200) // nor this
		d.mu.Unlock()

		var used inUse
		for end := day.from.Add(lasts); time.Now().Before(end); {
			day.play(min(30*time.Minute, time.Until(end)))
			scrape(t, metrics, printers)
			used.look(t, time.Since(day.from))
		}
		report := day.audit()
		t.Log(report)
		t.Logf("seen by reason: %v", report.ByReason)
		if report.Mismatches() > 0 || report.Blurred > report.Verdicts/100 {
			t.Error("the relay's log and the verdicts differ")
		}
		if want := printers * int(lasts/time.Hour) / 4; report.OutagesDue < want || report.RecoveriesDue < want {
			t.Errorf("fewer than %d outages and recoveries were to be seen: is this a day of outages?", want)
		}
		for _, f := range faultsOfADay() {
			if report.ByReason[f.Means().Reason] == 0 {
				t.Errorf("no %s was to be seen", f)
			}
		}
		used.flat(t, printers)
		for _, p := range d.relay.Printers() {
			if c, err := d.relay.Counts(p.Name); err != nil || c.Forbidden+c.OtherMethods != 0 || c.MaxConcurrent != 1 {
				t.Errorf("%+v %v", c, err)
			}
		}
		total := d.relay.Total()
		t.Logf("%d printers, %v: %d questions", printers, lasts, total.Requests)
	})
	t.Logf("it took %v", time.Since(begun).Round(time.Millisecond))
}

// faultsOfADay are the words for all that goes wrong with a printer.
func faultsOfADay() []simulator.Fault {
	return slices.DeleteFunc(simulator.Faults(), func(f simulator.Fault) bool { return f.Means().None() })
}

// outages are what is done to a fleet in a day.
type outages struct {
	d      *drill
	r      *rand.Rand
	from   time.Time
	steps  []step // in order
	events map[simulator.Event]bool
}

type step struct {
	at time.Time
	do func() error
}

// plan decides what happens: a printer fails about every second hour, for ten seconds to three hours, each in ways of its
// own; and now and then so does the service.
func (o *outages) plan(lasts time.Duration) {
	all := faultsOfADay()
	for i, p := range o.d.relay.Printers() {
		ways := []simulator.Fault{all[i%len(all)], all[o.r.IntN(len(all))], all[o.r.IntN(len(all))], simulator.NaN}
		for at := time.Duration(0); ; {
			at += o.around(80 * time.Minute)
			if at > lasts {
				break
			}
			f := ways[o.r.IntN(len(ways))]
			o.steps = append(o.steps, step{o.from.Add(at), func() error { return o.d.relay.SetFault(p.Name, f) }})
			if o.r.IntN(8) > 0 { // else the next fault takes its place
				at += o.between(10*time.Second, 3*time.Hour)
				o.steps = append(o.steps, step{o.from.Add(at), func() error { return o.d.relay.ClearFault(p.Name) }})
			}
		}
	}
	for at := o.around(2 * time.Hour); at < lasts; at += o.around(2 * time.Hour) {
		if o.r.IntN(2) > 0 {
			o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.RestartService(); return nil }})
			continue
		}
		o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.ServiceDown(); return nil }})
		at += o.between(20*time.Second, 20*time.Minute)
		o.steps = append(o.steps, step{o.from.Add(at), func() error { o.d.relay.ServiceUp(); return nil }})
	}
	slices.SortStableFunc(o.steps, func(a, b step) int { return a.at.Compare(b.at) })
}

// around is a time that is random as the next one of independent events is.
func (o *outages) around(mean time.Duration) time.Duration {
	return time.Duration(o.r.ExpFloat64() * float64(mean))
}

// between is a random time, with as many short ones as long ones.
func (o *outages) between(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), o.r.Float64()))
}

// play lets time pass and does what is planned for it, then takes over the relay's log, of which it keeps only so much.
func (o *outages) play(d time.Duration) {
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

// audit compares the relay's log with the verdicts.
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
		verdicts = append(verdicts, audit.Verdict{Printer: c.printer, Reason: c.to.Reason, Asked: c.asked, At: c.at})
	}
	return audit.Compare(events, names, verdicts, audit.Terms{
		From: o.from, Until: time.Now(), Interval: time.Minute, RetryAfter: 2 * time.Minute,
		Probe: 57 * time.Second, // a question, its ping and one for info, which leave a twentieth of the interval free
	})
}

// scrapable serves all metrics of a fleet.
func scrapable(f *probe.Fleet) http.Handler {
	return collector.New(collector.Options{
		Recorder: collector.NewRecorder(), Fleet: f, Edges: probe.NewEdges(nil, nil), Schedule: plannedAt{},
		LabelNames: func() []string { return nil },
	}).Handler()
}

// plannedAt is a schedule without ticks.
type plannedAt struct{}

func (plannedAt) NextProbe(s *probe.Status) time.Time { _, due := s.Plan(time.Now()); return due }
func (plannedAt) Skipped() uint64                     { return 0 }

// scrape reads the metrics as one who scrapes does.
func scrape(t *testing.T, metrics http.Handler, printers int) {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	text, err := io.ReadAll(w.Result().Body)
	if n := strings.Count(string(text), "\noctoeverywhere_probe_success{"); n != printers || err != nil {
		t.Errorf("%d printers are exported: %v", n, err)
	}
}

// inUse is what was in use, hour by hour.
type inUse struct {
	hours, heap []float64
	goroutines  []int
}

func (u *inUse) look(t *testing.T, passed time.Duration) {
	t.Helper()
	synctest.Wait()
	u.hours = append(u.hours, passed.Hours())
	u.heap = append(u.heap, float64(testkit.HeapInUse()))
	u.goroutines = append(u.goroutines, runtime.NumGoroutine())
}

// flat compares the second half with itself: until then printers meet faults that they have not met before, of which each
// is remembered once.
func (u *inUse) flat(t *testing.T, printers int) {
	t.Helper()
	half := len(u.hours) / 2
	slope := slopeOf(u.hours[half:], u.heap[half:]) / float64(printers)
	first, second := slices.Max(u.goroutines[:half]), slices.Max(u.goroutines[half:])
	t.Logf("heap: %.1f MB half way, %.1f MB at the end, slope %.1f bytes a printer an hour; at most %d goroutines in the first half, %d in the second",
		u.heap[half]/1e6, u.heap[len(u.heap)-1]/1e6, slope, first, second)
	most := 400.0 // the relay's own log still grows in a short run, and printers meet faults for the first time
	if testkit.Long() {
		most = 40
	}
	if slope > most {
		t.Errorf("memory grows by %.0f bytes a printer an hour: %.0f", slope, u.heap)
	}
	// Idle runners are kept, so that there are as many as ever worked at once.
	if second > first+printers/10 {
		t.Errorf("goroutines become more: %v", u.goroutines)
	}
}

// slopeOf is that of the line through points with the least squares.
func slopeOf(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
