package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
	"octoeverywhere_exporter/test/testkit"
)

// restartInterval is the time between two restarts of the exporter, of which every second one is a crash.
const restartInterval = 20 * time.Minute

// TestADayOfRestarts: the same day of outages, seen by an exporter that runs through and by one that is restarted every twenty
// minutes. Both remember the same: no lost print is forgotten, none is invented, and every beginning is right within a second. Where a
// restart cut a probe in flight, or a crash made an early one, a printer's later probes are at other times; then only beginnings may
// differ.
func TestADayOfRestarts(t *testing.T) {
	printers, lasts := 60, 4*time.Hour
	if testkit.Long() {
		printers, lasts = 2000, 24*time.Hour
	}
	begun := time.Now()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		through, restarted := simulateWith(t, steadyRelay(printers)), newRestartable(t, printers, dir)
		time.Sleep(5 * time.Minute)
		day := sameDay(lasts, through, restarted.simulation)
		var found comparison
		for restarts := 0; time.Since(day.from) < lasts; restarts++ {
			day.run(restartInterval)
			found.compare(t, through, restarted)
			restarted.restart(restarts%2 == 0)
		}
		t.Log(found)
		if found.prints == 0 || found.lost == 0 || found.faults == 0 {
			t.Error("nothing is compared")
		}
		requests, most := 0, 0
		for _, p := range through.relay.Printers() {
			one, err := through.relay.Counts(p.Name)
			through.must(err)
			other, err := restarted.relay.Counts(p.Name)
			through.must(err)
			requests += other.Requests - one.Requests
			if more := other.Requests - one.Requests; !restarted.cut[p.Name] {
				most = max(most, more)
			}
			if other.MaxConcurrent > 1 || other.Forbidden > 0 {
				t.Errorf("%s: %+v", p.Name, other)
			}
		}
		crashes := int(lasts/restartInterval) / 2
		t.Logf("%d requests more because of %d crashes and as many restarts, at most %d per printer whose probes stayed at their times (%d did not)", requests, crashes, most, len(restarted.cut))
		if most > crashes || requests > crashes*printers {
			t.Errorf("a printer got %d requests more in %d crashes, all got %d", most, crashes, requests)
		}
	})
	t.Logf("it took %v", time.Since(begun).Round(time.Millisecond))
}

// sameDay plans the same outages for two simulations of the same fleet.
func sameDay(lasts time.Duration, one, other *simulation) *outages {
	plan := func(d *simulation) *outages {
		o := &outages{d: d, r: rand.New(rand.NewPCG(3, 4)), from: time.Now(), events: map[simulator.Event]bool{}}
		o.plan(lasts)
		return o
	}
	day, second := plan(one), plan(other)
	for i := range day.steps {
		first, also := day.steps[i].do, second.steps[i].do
		day.steps[i].do = func() error {
			if err := first(); err != nil {
				return err
			}
			return also()
		}
	}
	return day
}

// steadyRelay returns a relay whose latency is the same for each request, so that two exporters with the same ticks see a fault
// begin and end in the same probe.
func steadyRelay(printers int) *simulator.Relay {
	return simulator.New(simulator.Options{Printers: printers, Seed: 1, Latency: simulator.Latency{Min: 100 * time.Millisecond, Max: 100 * time.Millisecond}})
}

// restartable is a simulation of an exporter that can end, and begin again with what it has stored.
type restartable struct {
	*simulation
	dir     string
	starts  int
	store   *store.Store
	stop    context.CancelFunc
	ended   sync.WaitGroup
	crashed time.Time       // the last time
	cut     map[string]bool // printers whose probe was in flight at a restart, or seen early: their backoff goes on from the probe that repeats it
}

func newRestartable(t *testing.T, n int, dir string) *restartable {
	r := &restartable{simulation: &simulation{t: t, relay: steadyRelay(n)}, dir: dir, cut: map[string]bool{}}
	r.start()
	t.Cleanup(func() { r.end() })
	return r
}

func (r *restartable) folder() string { return filepath.Join(r.dir, fmt.Sprint(r.starts)) }

// start restores what is stored, and probes until end.
func (r *restartable) start() {
	s, err := store.Open(r.folder(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	r.must(err)
	r.store = s
	r.fleet = fleet.New(fleet.Options{RoundTripper: r.relay.Transport(), Key: s.Key()})
	r.fleet.Restore(s.Load(time.Now()))
	r.fleet.Replace(targetsOf(r.t, r.relay))
	var jobs []schedule.Job
	for _, e := range r.fleet.Entries() {
		jobs = append(jobs, schedule.Job{Key: e.Target.Name, Interval: e.Target.Interval, Due: e.Due, Run: func(ctx context.Context, tick time.Time) {
			r.fleet.Probe(ctx, e.Target.Name, tick)
		}})
	}
	ticks := schedule.New(nil)
	ticks.Set(jobs)
	ctx, cancel := context.WithCancel(r.t.Context())
	r.stop = cancel
	r.ended.Go(func() { ticks.Run(ctx) })
	r.ended.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.Sync(time.Now(), r.fleet.Records())
			}
		}
	})
}

// end ends probing and closes the storage.
func (r *restartable) end() {
	r.stop()
	r.ended.Wait()
	r.fleet.Close()
	r.store.Close(time.Now(), r.fleet.Records(), nil)
}

// restart ends and starts the exporter. After a crash it starts with the file as it was before the end.
func (r *restartable) restart(crash bool) {
	for _, p := range r.relay.Printers() {
		n, err := r.relay.Counts(p.Name)
		r.must(err)
		if n.InFlight > 0 {
			r.cut[p.Name] = true
		}
	}
	before, err := os.ReadFile(filepath.Join(r.folder(), "state.db"))
	r.must(err)
	r.end()
	if crash {
		r.crashed = time.Now()
		r.starts++
		r.must(os.Mkdir(r.folder(), 0o700))
		r.must(os.WriteFile(filepath.Join(r.folder(), "state.db"), before, 0o600))
	}
	r.start()
}

// comparison counts what was compared.
type comparison struct{ prints, lost, faults, recent, cut int }

func (c comparison) String() string {
	return fmt.Sprintf("%d prints in progress, %d of them lost, %d faults are the same; %d printers had just changed, %d had a probe cut or an early one and see a change at another time", c.prints, c.lost, c.faults, c.recent, c.cut)
}

// compare compares what two exporters know of each printer.
func (c *comparison) compare(t *testing.T, through *simulation, restarted *restartable) {
	t.Helper()
	for _, p := range through.relay.Printers() {
		one, ok1 := through.fleet.Status(p.Name)
		other, ok2 := restarted.fleet.Status(p.Name)
		if !ok1 || !ok2 {
			t.Fatalf("%s is missing", p.Name)
		}
		if time.Since(one.LastProbe) < 2*time.Second || time.Since(other.LastProbe) < 2*time.Second {
			c.recent++ // one of them may not have had the response yet
			continue
		}
		switch a, b := known(one), known(other); {
		case samePrint(one, other, time.Second) && sameVerdict(one, other):
		case (restarted.cut[p.Name] || restarted.sawEarly(other)) && samePrint(one, other, repeated):
			restarted.cut[p.Name] = true
			c.cut++
		default:
			t.Errorf("%s at %s:\n  through:   %s\n  restarted: %s", p.Name, time.Now().UTC().Format(time.TimeOnly), a, b)
		}
		if one.Print.InProgress() {
			c.prints++
		}
		if one.LostDuringPrint() {
			c.lost++
		}
		if !one.Fault.None() {
			c.faults++
		}
	}
}

// sawEarly reports whether the last change was seen by the first probe after a crash, which is not at the printer's own time.
func (r *restartable) sawEarly(s *probe.Status) bool {
	after := s.Since.Sub(r.crashed)
	return after >= 0 && after <= s.Interval
}

// sameVerdict reports whether two statuses agree on the fault and since when it is active.
func sameVerdict(a, b *probe.Status) bool {
	return a.Fault.Same(b.Fault) && a.Since.Sub(b.Since).Abs() <= time.Second && a.SwitchedOff() == b.SwitchedOff()
}

// repeated is by how much the beginning of what a printer's probes find moves after a restart cut one: its timeout, the interval
// until it is repeated, and the short backoff that counts from there.
const repeated = 20*time.Second + time.Minute + 5*time.Minute

// samePrint reports whether two statuses agree on the prints; their times may differ by tolerance.
func samePrint(a, b *probe.Status, tolerance time.Duration) bool {
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() <= tolerance }
	return a.LostDuringPrint() == b.LostDuringPrint() && a.Print.InProgress() == b.Print.InProgress() && near(a.Print.Start, b.Print.Start) && near(a.Print.LostSince, b.Print.LostSince) &&
		a.Print.Ended == b.Print.Ended
}

func known(s *probe.Status) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.UTC().Format("15:04:05.000")
	}
	outcomes := strings.Trim(fmt.Sprint(s.Print.Ended), "[]")
	return fmt.Sprintf("%q since %s, lost %t since %s, print %s to %s, ended %s, off %t, probed %s", s.Fault.Reason, at(s.Since), s.LostDuringPrint(),
		at(s.Print.LostSince), at(s.Print.Start), at(s.Print.End), outcomes, s.SwitchedOff(), at(s.LastProbe))
}
