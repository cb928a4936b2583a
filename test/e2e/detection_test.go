package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// detectedFaults are the faults of the table of detection delays: one or more per layer and backoff.
var detectedFaults = []simulator.Fault{
	simulator.Unreachable, simulator.ServiceError, simulator.RateLimited, simulator.Lapsed, simulator.Revoked,
	simulator.Offline, simulator.Off, simulator.TooManyClients, simulator.Hang, simulator.AuthInvalid,
}

// wakingFaults have no backoff for 15 minutes while a print may be lost.
var wakingFaults = []simulator.Fault{simulator.Off, simulator.TooManyClients, simulator.Hang}

// detection is how soon the printers of a group noticed an outage and its end, and what they were requested meanwhile.
type detection struct {
	outage        []time.Duration // until it was known
	early, late   []time.Duration // until the recovery was known, after an outage of 2 to 14 and of 75 to 105 minutes
	quarter, hour []simulator.Counts
}

// detectionGroup is a fault, and whether a print was in progress.
type detectionGroup struct {
	fault    simulator.Fault
	printing bool
}

// TestDetectionDelay measures in fake time how soon detectedFaults and recoveries are known, and checks the bounds. With
// LONG_TESTS=1 it has 1,000 printers and keeps the document docs/internals/detection.md.
func TestDetectionDelay(t *testing.T) {
	printers := 24
	if testkit.Long() {
		printers = 1000
	}
	table := map[detectionGroup]*detection{}
	for _, f := range detectedFaults {
		table[detectionGroup{f, false}], table[detectionGroup{f, true}] = &detection{}, &detection{}
		t.Run(string(f), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { simulate(t, printers).measure(table, f, 2*time.Minute, 14*time.Minute) })
			synctest.Test(t, func(t *testing.T) { simulate(t, printers).measure(table, f, 75*time.Minute, 105*time.Minute) })
			for _, printing := range []bool{false, true} {
				table[detectionGroup{f, printing}].check(t, f, printing)
			}
		})
	}
	if testkit.Long() && !t.Failed() {
		testkit.Same(t, "docs/internals/detection.md", detectionDocument(printers, table))
	}
}

// measure gives all printers a fault and ends it for one after another, from first to last after its begin. Printers are
// grouped by whether a print was in progress when the fault was found.
func (d *simulation) measure(table map[detectionGroup]*detection, f simulator.Fault, first, last time.Duration) {
	time.Sleep(3 * time.Minute)
	printers := d.relay.Printers()
	begin := time.Now()
	for _, p := range printers {
		d.must(d.relay.SetFault(p.Name, f))
	}
	before := d.counts()
	quarter := before
	if first > 15*time.Minute {
		time.Sleep(15 * time.Minute)
		quarter = d.counts()
		time.Sleep(time.Hour)
	}
	hour := d.counts()
	time.Sleep(time.Until(begin.Add(first)))
	recovered := map[string]time.Time{}
	for _, p := range printers {
		time.Sleep((last - first) / time.Duration(len(printers)))
		d.must(d.relay.ClearFault(p.Name))
		recovered[p.Name] = time.Now()
	}
	time.Sleep(35 * time.Minute)
	for _, e := range d.relay.Events() {
		if e.What == simulator.EventReconnected {
			recovered[e.Printer] = e.Time // the plugin needs up to a minute to find the printer again
		}
	}
	found := d.changesAfter(begin, func(c change) bool { return c.to.Reason == f.Expected().Reason })
	for _, p := range printers {
		outage, ok := found[p.Name]
		if !ok {
			d.t.Errorf("%s: %s was never noticed", p.Name, f)
			continue
		}
		end, ok := d.changesAfter(recovered[p.Name], func(c change) bool { return c.to.None() && c.printer == p.Name })[p.Name]
		if !ok {
			d.t.Errorf("%s: the end of %s was never noticed", p.Name, f)
			continue
		}
		group := table[detectionGroup{f, outage.lost}]
		group.outage = append(group.outage, outage.at.Sub(begin))
		recovery := end.at.Sub(recovered[p.Name])
		if first < 15*time.Minute {
			group.early = append(group.early, recovery)
			continue
		}
		group.late = append(group.late, recovery)
		group.quarter = append(group.quarter, requestsBetween(before[p.Name], quarter[p.Name]))
		group.hour = append(group.hour, requestsBetween(quarter[p.Name], hour[p.Name]))
	}
}

// counts returns the requests to each printer so far.
func (d *simulation) counts() map[string]simulator.Counts {
	all := map[string]simulator.Counts{}
	for _, p := range d.relay.Printers() {
		c, err := d.relay.Counts(p.Name)
		d.must(err)
		all[p.Name] = c
	}
	return all
}

func requestsBetween(a, b simulator.Counts) simulator.Counts {
	return simulator.Counts{Status: b.Status - a.Status, Ping: b.Ping - a.Ping}
}

// changesAfter returns each printer's first change after since that is wanted.
func (d *simulation) changesAfter(since time.Time, wanted func(change) bool) map[string]change {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := map[string]change{}
	for _, c := range d.seen {
		if _, ok := first[c.printer]; !ok && c.at.After(since) && wanted(c) {
			first[c.printer] = c
		}
	}
	return first
}

// check checks the bounds of a group.
func (d *detection) check(t *testing.T, f simulator.Fault, printing bool) {
	t.Helper()
	if len(d.outage) == 0 {
		t.Errorf("no printer with print %v", printing)
		return
	}
	const interval, response, timeout = time.Minute, time.Second, 20 * time.Second
	bound := func(what string, got []time.Duration, limit time.Duration) {
		if worst := slices.Max(got); worst > limit {
			t.Errorf("print %v: %s took %v, more than %v", printing, what, worst, limit)
		}
	}
	bound("an outage", d.outage, interval+timeout+response)
	if printing && slices.Contains(wakingFaults, f) {
		bound("the recovery of a lost print", d.early, interval+response)
	}
	if f.Expected().Layer.String() != "host" {
		return
	}
	for i := range d.quarter {
		if n := d.quarter[i].Status; n > 20 {
			t.Errorf("print %v: %d wake-ups in the first 15 minutes", printing, n)
		}
		if n := d.hour[i].Status; n > 15 {
			t.Errorf("print %v: %d wake-ups in the hour after", printing, n)
		}
	}
}

// detectionDocument is the document with the table.
func detectionDocument(printers int, table map[detectionGroup]*detection) string {
	var b strings.Builder
	fmt.Fprintf(&b, detectionText, printers)
	for _, f := range detectedFaults {
		for _, printing := range []bool{false, true} {
			d := table[detectionGroup{f, printing}]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", f.Expected().Reason, backoffText(f), yesNo(printing),
				distribution(d.outage), distribution(d.early), distribution(d.late), perPrinter(d.quarter), perPrinter(d.hour))
		}
	}
	return b.String()
}

const detectionText = `# Detection times

<!-- Generated by "LONG_TESTS=1 go test ./test/e2e -run DetectionDelay -update". -->

How long it takes to detect an outage and a recovery, and how many requests are sent: measured in fake time with %d simulated printers
per fault, an interval of 60 seconds and a timeout of 20 seconds.

- Delays are *median/maximum* in seconds: from the fault, or from when the plugin has found its printer again, until the exporter has read
  the response.
- The short outage ends after 2 to 14 minutes, the long one after 75 to 105 minutes.
- Requests are *status+ping*, the mean per printer: in the first 15 minutes of the long outage, and in the hour after. A ` + "`" + `status` + "`" + ` request
  wakes the reconnect loop of a plugin that has lost its printer. Requests for which no connection is made are not counted.

The test fails if an outage takes longer than an interval and a timeout; if the recovery of a lost print from ` + "`" + `host_disconnected` + "`" + `,
` + "`" + `too_many_clients` + "`" + ` or ` + "`" + `host_unresponsive` + "`" + ` takes longer than an interval in the first 15 minutes; or if a printer gets more than 20 wake-ups
in the first 15 minutes of an outage, or more than 15 in the hour after.

| fault | backoff | print | outage | recovery, short | recovery, long | 15 minutes | next hour |
| --- | --- | --- | --- | --- | --- | --- | --- |
`

// backoffText is the backoff of a fault as the relay causes it.
func backoffText(f simulator.Fault) string {
	if f == simulator.RateLimited {
		return "Retry-After: 120"
	}
	return f.Expected().Backoff.String()
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// distribution is the median and the maximum in seconds.
func distribution(delays []time.Duration) string {
	slices.Sort(delays)
	return fmt.Sprintf("%.0f/%.0f", delays[(len(delays)-1)/2].Seconds(), delays[len(delays)-1].Seconds())
}

// perPrinter is the mean number of status and ping requests.
func perPrinter(counts []simulator.Counts) string {
	status, ping := 0, 0
	for _, c := range counts {
		status, ping = status+c.Status, ping+c.Ping
	}
	if status == 0 {
		return "–"
	}
	n := float64(len(counts))
	return fmt.Sprintf("%.1f+%.1f", float64(status)/n, float64(ping)/n)
}
