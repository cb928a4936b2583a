package simulator

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func TestSameSeedSameFleet(t *testing.T) {
	o := Options{Printers: 300, Seed: 7, Faults: FaultRatios{Off: 0.2, Offline: 0.05}}
	if diff := cmp.Diff(New(o).Printers(), New(o).Printers()); diff != "" {
		t.Error("generated fleet:", diff)
	}
	if diff := cmp.Diff(Demo(7).Printers(), Demo(7).Printers()); diff != "" {
		t.Error("demo:", diff)
	}
	other := New(Options{Printers: 300, Seed: 8, Faults: o.Faults}).Printers()
	for i, p := range New(o).Printers() {
		if p.ID == other[i].ID || p.AppToken != "" && p.AppToken == other[i].AppToken {
			t.Fatalf("%s has the same secrets with another seed", p.Name)
		}
	}
}

// TestSameSeedSameResponses: at the same time, relays of one seed respond with the same bytes.
func TestSameSeedSameResponses(t *testing.T) {
	var first, second []result
	for _, results := range []*[]result{&first, &second} {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, Demo(3))
			for i := range c.relay.Printers() {
				*results = append(*results, c.sendCommand(i, "status"))
			}
		})
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

func TestLargerFleetStartsWithTheSamePrinters(t *testing.T) {
	long := New(Options{Printers: 200, Seed: 1}).Printers()
	if diff := cmp.Diff(long[:50], New(Options{Printers: 50, Seed: 1}).Printers()); diff != "" {
		t.Error(diff)
	}
}

func TestFaultRatiosAreExact(t *testing.T) {
	got := FaultRatios{}
	for _, p := range New(Options{Printers: 1000, Seed: 1, Faults: FaultRatios{Off: 0.2, Offline: 0.05, Hang: 0.001}}).Printers() {
		got[p.Fault]++
	}
	if diff := cmp.Diff(FaultRatios{None: 749, Off: 200, Offline: 50, Hang: 1}, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownFaultPanics(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); !strings.HasPrefix(text, `simulator: unknown fault "of"`) {
			t.Errorf("panicked with %q", text)
		}
	}()
	New(Options{Printers: 1, Faults: FaultRatios{"of": 1}})
}

func TestNamesAndSecretsAreUnique(t *testing.T) {
	for name, relay := range map[string]*Relay{"demo": Demo(1), "generated": New(Options{Printers: 2000, Seed: 1})} {
		seen := map[string]bool{}
		platforms := map[string]bool{}
		for _, p := range relay.Printers() {
			platforms[p.Platform] = true
			for _, unique := range []string{p.Name, p.ID, p.Bearer + p.Password, p.AppToken} {
				if unique != "" && seen[unique] {
					t.Errorf("%s: %s has the same %q as another", name, p.Name, unique)
				}
				seen[unique] = true
			}
			if p.Site == "" || p.Model == "" || (p.Bearer == "") == (p.Password == "") {
				t.Errorf("%s: incomplete printer %+v", name, p)
			}
		}
		want := []string{bambu, elegoo, moonraker, octoprint, prusalink}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(platforms))); diff != "" {
			t.Errorf("%s: platforms %s", name, diff)
		}
	}
}

func TestDemoHasAFaultAtEveryLayerFromTheStart(t *testing.T) {
	relay := Demo(1)
	layers := map[fault.Layer]bool{}
	permanent := map[Fault]bool{}
	healthyCount, disabledCount := 0, 0
	for _, p := range relay.Printers() {
		if p.Disabled {
			disabledCount++
			continue
		}
		layers[p.Fault.Expected().Layer] = true
		permanent[p.Fault] = true
		if p.Description == "" {
			healthyCount++
		}
	}
	for _, layer := range fault.Layers {
		if !layers[layer] {
			t.Errorf("no fault at %s", layer)
		}
	}
	for _, f := range []Fault{
		Offline, Off, AuthInvalid, Lapsed, Credentials, TooManyClients, Hang, PrinterError, ServiceError, Unreachable,
	} {
		if !permanent[f] {
			t.Errorf("no printer has %s", f)
		}
	}
	if n := len(relay.Printers()); n != 25 || healthyCount < 10 || disabledCount != 1 {
		t.Errorf("%d printers, %d of them healthy, %d disabled; want 25, at least 10 and 1", n, healthyCount, disabledCount)
	}
}

func TestDemoResponsesAtStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Demo(1))
		refused := result{Error: "no connection"}
		want := map[string][2]result{
			"a1-01":    {refused, refused},
			"ender-07": {statusResult(600), statusResult(600)},
			"xl-01":    {statusResult(605), statusResult(605)},
			"mk4-05":   {statusResult(606), statusResult(606)},
			"mini-03":  {statusResult(601), statusResult(601)},
			"x1c-03":   {hostLostResult, normalPing},
			"p1s-04":   {pluginResult(789, failedStatusText), normalPing},
			"cc2-04":   {pluginResult(787, failedStatusText), normalPing},
			"k1-02":    {timeoutResult, normalPing},
			"mk4-06":   {{Status: 200, Type: "text/json", Body: "error"}, normalPing},
			"k1-03":    {hostLostResult, unknownCommandResult},
			"ender-05": {normalStatus, unknownCommandResult},
			"mk4-01":   {normalStatus, normalPing},
			"voron-04": {normalStatus, normalPing},
		}
		got := map[string][2]result{}
		c.timeout = time.Second
		for i, p := range c.relay.Printers() {
			if _, ok := want[p.Name]; ok {
				got[p.Name] = [2]result{simplified(c.sendCommand(i, "status")), simplified(c.sendCommand(i, "ping"))}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDemoLosesAPrinterDuringAPrint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(20) {
			p := Demo(seed).byName["voron-04"]
			if j := p.job(p.createdAt.Add(time.Minute)); !j.isPrinting() {
				t.Errorf("seed %d: it is %s when its host fails", seed, j.state)
			}
		}
	})
}
