package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// simulation is a simulated fleet that is probed on schedule, without a network and in fake time.
type simulation struct {
	fleet.NopObserver
	t     *testing.T
	relay *simulator.Relay
	fleet *fleet.Fleet

	mu   sync.Mutex
	seen []change
}

// change is a change of a printer's status. sent is when the request was sent that found it.
type change struct {
	printer  string
	sent, at time.Time
	to       fault.Fault
	lost     bool // a print may be lost
}

// simulate probes n printers once per minute until the test ends.
func simulate(t *testing.T, n int) *simulation {
	return simulateWith(t, simulator.New(simulator.Options{Printers: n, Seed: 1, Latency: simulator.Latency{Min: 50 * time.Millisecond, Max: 300 * time.Millisecond}}))
}

// simulateWith is simulate for the printers of a relay.
func simulateWith(t *testing.T, relay *simulator.Relay) *simulation {
	d := &simulation{t: t, relay: relay}
	d.fleet = fleet.New(fleet.Options{Observer: d, RoundTripper: d.relay.Transport()})
	t.Cleanup(d.fleet.Close)
	d.fleet.Replace(targetsOf(t, d.relay))
	var jobs []schedule.Job
	for _, e := range d.fleet.Entries() {
		jobs = append(jobs, schedule.Job{Key: e.Target.Name, Interval: e.Target.Interval, Run: func(ctx context.Context, tick time.Time) {
			d.fleet.Probe(ctx, e.Target.Name, tick)
		}})
	}
	s := schedule.New(nil)
	s.Set(jobs)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return d
}

// Changed records a verdict.
func (d *simulation) Changed(_, after *probe.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, change{after.Name, after.LastProbe.Add(-after.Took), time.Now(), after.Fault, after.LostDuringPrint()})
}

func targetsOf(t *testing.T, relay *simulator.Relay) (targets []probe.Target) {
	t.Helper()
	for _, p := range relay.Printers() {
		u, err := url.Parse("https://" + p.ID + "." + relay.Domain())
		if err != nil {
			t.Fatal(err)
		}
		auth := "Bearer " + p.Bearer
		if p.Bearer == "" {
			auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(p.Username+":"+p.Password))
		}
		targets = append(targets, probe.Target{
			Name: p.Name, Interval: time.Minute, Timeout: 20 * time.Second, Address: probe.NewAddress(u),
			Service: probe.NewAddress(&url.URL{Scheme: "https", Host: relay.Domain()}), Authorization: probe.NewSecret(auth), AppToken: probe.NewSecret(p.AppToken),
		})
	}
	return targets
}

func (d *simulation) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// firstAfter returns how long after since each printer's fault was first as wanted.
func (d *simulation) firstAfter(since time.Time, wanted func(fault.Fault) bool) map[string]time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := map[string]time.Duration{}
	for _, c := range d.seen {
		if _, ok := first[c.printer]; !ok && c.at.After(since) && wanted(c.to) {
			first[c.printer] = c.at.Sub(since)
		}
	}
	return first
}

func reason(r string) func(fault.Fault) bool {
	return func(f fault.Fault) bool { return f.Reason == r }
}

// TestBackoffOfSwitchedOffPrinters: 200 of 1,000 printers are off for an hour. A status request per minute would wake each
// plugin 60 times.
func TestBackoffOfSwitchedOffPrinters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := simulate(t, 1000)
		time.Sleep(2 * time.Minute)
		names := make([]string, 200)
		for i, p := range d.relay.Printers()[:200] {
			names[i] = p.Name
			d.must(d.relay.SwitchOff(p.Name))
		}
		off := time.Now()
		time.Sleep(30 * time.Minute)

		lost := names[:20] // their plugins are offline, too
		for _, n := range lost {
			d.must(d.relay.SetFault(n, simulator.Offline))
		}
		gone := time.Now()
		time.Sleep(2 * time.Minute)
		for _, n := range lost {
			d.must(d.relay.SwitchOff(n))
		}
		time.Sleep(28 * time.Minute)

		most := map[bool]int{} // by whether a print may be lost
		for _, n := range names[20:] {
			c, err := d.relay.Counts(n)
			d.must(err)
			status, _ := d.fleet.Status(n)
			lost := status.LostDuringPrint()
			most[lost] = max(most[lost], c.WakeUps)
			if c.WakeUps < 12 {
				t.Errorf("%s was woken only %d times: is it probed?", n, c.WakeUps)
			}
		}
		t.Logf("a lost printer was woken at most %d times in an hour, %d times where a print may be lost", most[false], most[true])
		if most[false] > 15 || most[true] > 15+12 {
			t.Errorf("a lost printer was woken %d times in an hour, %d times where a print may be lost", most[false], most[true])
		}
		for n, took := range d.allAfter(off, reason("host_disconnected"), names) {
			if took > time.Minute+time.Second {
				t.Errorf("%s: it was off for %v before that was noticed", n, took)
			}
		}
		for n, took := range d.allAfter(gone, reason("plugin_offline"), lost) {
			if took > time.Minute+time.Second {
				t.Errorf("%s: the plugin was offline for %v before that was noticed", n, took)
			}
		}
		for _, p := range d.relay.Printers() {
			if c, err := d.relay.Counts(p.Name); err != nil || c.Forbidden+c.OtherMethods != 0 || c.MaxConcurrent != 1 {
				t.Errorf("%+v %v", c, err)
			}
		}
	})
}

// allAfter is firstAfter for printers that must all be found.
func (d *simulation) allAfter(since time.Time, wanted func(fault.Fault) bool, names []string) map[string]time.Duration {
	d.t.Helper()
	seen := d.firstAfter(since, wanted)
	for _, n := range names {
		if _, ok := seen[n]; !ok {
			d.t.Errorf("%s: it was never noticed", n)
		}
	}
	return seen
}

// TestHostRecoveryIsNoticed within five minutes after the plugin has reconnected, however long the host was off.
func TestHostRecoveryIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := simulate(t, 50)
		time.Sleep(2 * time.Minute)
		var names []string
		for _, p := range d.relay.Printers() {
			names = append(names, p.Name)
			d.must(d.relay.SwitchOff(p.Name))
		}
		time.Sleep(time.Hour)
		back := time.Now()
		for _, n := range names {
			d.must(d.relay.SwitchOn(n))
		}
		time.Sleep(10 * time.Minute)
		for n, took := range d.allAfter(back, fault.Fault.None, names) {
			if took > 6*time.Minute+time.Second { // the plugin needs a minute to reconnect
				t.Errorf("%s: it was back for %v before that was noticed", n, took)
			}
		}
	})
}

// TestServiceRestartIsNoHostFault: plugins reconnect within 11 to 31 seconds. Meanwhile no layer host or printer becomes 0.
func TestServiceRestartIsNoHostFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := simulate(t, 300)
		off := map[string]bool{}
		for _, p := range d.relay.Printers()[:30] {
			off[p.Name] = true
			d.must(d.relay.SwitchOff(p.Name))
		}
		time.Sleep(10 * time.Minute)
		d.relay.RestartService()
		restart := time.Now()
		for time.Since(restart) < 5*time.Minute {
			time.Sleep(5 * time.Second)
			for s := range d.fleet.All() {
				for _, l := range []fault.Layer{fault.Host, fault.Printer} {
					if up, known := s.Layer(l, time.Now()); known && !up && !off[s.Name] {
						t.Fatalf("%s: %s is down %v after a restart of the service", s.Name, l, time.Since(restart))
					}
				}
			}
		}
		offline := 0
		for range d.firstAfter(restart, reason("plugin_offline")) {
			offline++
		}
		if offline < 50 {
			t.Errorf("only %d plugins were found offline: was there a restart?", offline)
		}
		for s := range d.fleet.All() {
			if want := off[s.Name]; s.Success() == want {
				t.Errorf("%s: %s at the end", s.Name, fmt.Sprint(s.Fault.Reason))
			}
		}
	})
}
