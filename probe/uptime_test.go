package probe

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// epoch is the beginning of the periods of these tests.
var epoch = time.Unix(1_800_000_000, 0)

// period is a verdict that begins some seconds after epoch; failing is the layer that fails, 0 for none.
func period(second int, failing fault.Layer) Verdict {
	return Verdict{Fault: fault.Fault{Layer: failing}, Since: epoch.Add(time.Duration(second) * time.Second)}
}

func unknownPeriod(second int) Verdict {
	v := period(second, 0)
	v.Unknown = true
	return v
}

// uptimeText shows the layers of which something is known, each as up+down in seconds.
func uptimeText(layers [fault.Printer + 1]Uptime) string {
	var words []string
	for _, l := range fault.Layers {
		if u := layers[l]; u != (Uptime{}) {
			words = append(words, fmt.Sprintf("%s %v+%v", l, u.Up.Seconds(), u.Down.Seconds()))
		}
	}
	return strings.Join(words, ", ")
}

func TestUptime(t *testing.T) {
	const allUp = "network %[1]d+0, service %[1]d+0, access %[1]d+0, plugin %[1]d+0, host %[1]d+0, printer %[1]d+0"
	for name, c := range map[string]struct {
		periods      []Verdict
		since, until int
		want         string
	}{
		"nothing":                       {nil, 0, 100, ""},
		"no fault":                      {[]Verdict{period(0, 0)}, 0, 100, fmt.Sprintf(allUp, 100)},
		"a fault at the first layer":    {[]Verdict{period(0, fault.Network)}, 0, 100, "network 0+100"},
		"a fault in the middle":         {[]Verdict{period(0, fault.Plugin)}, 0, 100, "network 100+0, service 100+0, access 100+0, plugin 0+100"},
		"a fault at the last layer":     {[]Verdict{period(0, fault.Printer)}, 0, 100, "network 100+0, service 100+0, access 100+0, plugin 100+0, host 100+0, printer 0+100"},
		"a fault passes":                {[]Verdict{period(0, fault.Service), period(30, 0)}, 0, 100, "network 100+0, service 70+30, access 70+0, plugin 70+0, host 70+0, printer 70+0"},
		"unknown":                       {[]Verdict{unknownPeriod(0)}, 0, 100, ""},
		"a gap":                         {[]Verdict{period(0, 0), unknownPeriod(10), period(90, 0)}, 0, 100, fmt.Sprintf(allUp, 20)},
		"known from the middle on":      {[]Verdict{period(60, 0)}, 0, 100, fmt.Sprintf(allUp, 40)},
		"begun before":                  {[]Verdict{period(-1000, fault.Network), period(10, 0), period(200, fault.Network)}, 0, 100, "network 90+10, service 90+0, access 90+0, plugin 90+0, host 90+0, printer 90+0"},
		"over before":                   {[]Verdict{period(-1000, fault.Network), unknownPeriod(-10)}, 0, 100, ""},
		"over exactly at the beginning": {[]Verdict{period(-10, fault.Network), unknownPeriod(0)}, 0, 100, ""},
		"begins exactly at the end":     {[]Verdict{unknownPeriod(0), period(100, 0)}, 0, 100, ""},
		"begins after":                  {[]Verdict{period(200, 0), period(300, fault.Network)}, 0, 100, ""},
		"an empty period":               {[]Verdict{period(0, 0), period(50, fault.Network), period(50, 0)}, 0, 100, fmt.Sprintf(allUp, 100)},
		"an empty window":               {[]Verdict{period(0, 0)}, 100, 100, ""},
		"a window that ends first":      {[]Verdict{period(0, 0)}, 100, 0, ""},
		"the clock was set back":        {[]Verdict{period(50, fault.Network), period(20, 0)}, 0, 100, fmt.Sprintf(allUp, 80)},
	} {
		got := uptimeText(UptimeOf(c.periods, period(c.since, 0).Since, period(c.until, 0).Since))
		if got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

func TestUptimeRatio(t *testing.T) {
	for u, want := range map[Uptime]struct {
		ratio float64
		known bool
	}{
		{}:                                   {0, false},
		{Up: time.Hour}:                      {1, true},
		{Down: time.Hour}:                    {0, true},
		{Up: time.Hour, Down: 3 * time.Hour}: {0.25, true},
	} {
		if ratio, known := u.Ratio(); ratio != want.ratio || known != want.known {
			t.Errorf("%v: %v %v", u, ratio, known)
		}
	}
}

// TestUptimeIsTheCountOfSeconds compares with a count, second by second, for random periods and windows.
func TestUptimeIsTheCountOfSeconds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var periods []Verdict
		for at := random.IntN(60); at < 300 && len(periods) < 12; at += random.IntN(40) {
			v := period(at, fault.Layer(random.IntN(int(fault.Printer)+1)))
			v.Unknown = random.IntN(4) == 0
			periods = append(periods, v)
		}
		since := random.IntN(300)
		until := since + random.IntN(200)

		var want [fault.Printer + 1]Uptime
		for second := since; second < until; second++ {
			var active *Verdict // the last one that has begun
			for i := range periods {
				if !periods[i].Since.After(period(second, 0).Since) {
					active = &periods[i]
				}
			}
			if active == nil || active.Unknown {
				continue
			}
			for l := fault.Network; l <= fault.Printer; l++ {
				if active.Fault.None() || l < active.Fault.Layer {
					want[l].Up += time.Second
				} else if l == active.Fault.Layer {
					want[l].Down += time.Second
				}
			}
		}
		if got := UptimeOf(periods, period(since, 0).Since, period(until, 0).Since); got != want {
			t.Fatalf("%+v in [%d, %d): %s, not %s", periods, since, until, uptimeText(got), uptimeText(want))
		}
	}
}
