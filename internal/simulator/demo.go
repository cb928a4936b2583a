package simulator

import (
	"strings"
	"time"
)

// A scene is a printer of the demo. What is not said here comes from the seed.
type demoPrinter struct {
	name        string // begins with the prefix of its model
	site        string
	description string
	script      script
	activity    activity
}

// mind is what is special about a printer of the demo.
type activity uint8

const (
	printsOften            activity = iota // prints, one print after the other
	printsOftenOldPlugin                   // the same with an old plugin
	printsOftenLooseSensor                 // the same with a loose chamber sensor
	neverPrints                            // never prints
	neverPrintsOldPlugin                   // never prints, with an old plugin
	startsMidPrint                         // is in the middle of a print when the relay begins
)

// always is a fault that stands from the first second on.
func permanentFault(f Fault) script { return script{{fault: f}} }

// scenes are the demo's fleet: a fault at each of the six layers from the first second on, faults that come and go, and
// ten printers that are well.
var demoPrinters = []demoPrinter{
	{name: "mk4-01", site: "lab"},
	{name: "mk4-02", site: "lab"},
	{name: "voron-01", site: "lab"},
	{name: "voron-02", site: "workshop"},
	{name: "trident-03", site: "workshop", activity: printsOftenLooseSensor},
	{name: "ender-05", site: "school", activity: printsOftenOldPlugin},
	{name: "x1c-01", site: "lab"},
	{name: "p1s-02", site: "workshop"},
	{name: "cc-01", site: "school"},
	{name: "cc2-02", site: "school"},

	{name: "a1-01", site: "school", script: permanentFault(Unreachable), description: "its address leads nowhere: nothing listens there"},
	{name: "ender-07", site: "school", script: permanentFault(ServiceError), description: "the service answers 600 whenever it is asked for this printer"},
	{name: "xl-01", site: "lab", script: permanentFault(Lapsed), description: "its owner let the supporter status lapse (605)"},
	{name: "mk4-05", site: "workshop", script: permanentFault(Credentials), description: "its connection got a new password, the exporter has the old one (606)"},
	{name: "mini-03", site: "school", script: permanentFault(Offline), activity: neverPrints, description: "the computer its plugin ran on is unplugged (601)"},
	{name: "x1c-03", site: "lab", script: permanentFault(Off), activity: neverPrints, description: "switched off on purpose since the morning (785)"},
	{name: "p1s-04", site: "workshop", script: permanentFault(AuthInvalid), description: "its LAN access code was changed (789, now and then 785)"},
	{name: "cc2-04", site: "school", script: permanentFault(TooManyClients), description: "too many slicers and apps are connected to it (787, now and then 785)"},
	{name: "k1-02", site: "workshop", script: permanentFault(Hang), description: "its host software hangs: status times out, ping answers"},
	{name: "mk4-06", site: "lab", script: permanentFault(PrinterError), activity: neverPrints, description: "shows an error since its hotend got too hot"},
	{name: "k1-03", site: "school", script: permanentFault(Off), activity: neverPrintsOldPlugin, description: "switched off (785), and its old plugin does not know ping (754)"},

	{
		name: "ender-06", site: "school", description: "its plugin's Wi-Fi is bad: 601 comes and goes, at times 602",
		script: script{
			{None, 40 * time.Second},
			{Offline, 35 * time.Second},
			{None, 90 * time.Second},
			{Offline, 30 * time.Second},
			{Timeout, 40 * time.Second},
			{Offline, 30 * time.Second},
			{None, 50 * time.Second},
		},
	},
	{
		name: "p1s-05", site: "workshop", activity: neverPrints, description: "someone switches it off and on again, every two minutes",
		script: script{{None, 60 * time.Second}, {Off, 120 * time.Second}, {None, 60 * time.Second}},
	},
	{
		name: "voron-04", site: "workshop", activity: startsMidPrint, description: "its host dies in the middle of a print, a minute after the start",
		script: script{{None, 60 * time.Second}, {Off, 0}},
	},
}

// Demo is a relay with 24 named printers on five platforms: at least one fault at each of the six layers from the first
// second on, faults that come and go, and ten printers that are well and print. [Relay.Printers] tells what is wrong.
func Demo(seed uint64) *Relay {
	specs := make([]spec, len(demoPrinters))
	for i, s := range demoPrinters {
		specs[i] = s.spec(seed, i)
	}
	return newRelay(seed, "", Latency{30 * time.Millisecond, 180 * time.Millisecond}, specs)
}

// spec decides what the scene leaves open. Prints of the demo are short, so that they are seen to end.
func (s demoPrinter) spec(seed uint64, i int) spec {
	prefix, _, _ := strings.Cut(s.name, "-")
	r := printerRand(seed, i, 1)
	decided := spec{
		name: s.name, model: modelByPrefix(prefix), site: s.site, description: s.description, script: s.script,
		oldPlugin: s.activity == printsOftenOldPlugin || s.activity == neverPrintsOldPlugin, looseSensor: s.activity == printsOftenLooseSensor, hasAppToken: i%4 != 3,
	}
	if s.activity == neverPrints || s.activity == neverPrintsOldPlugin {
		return decided
	}
	decided.cycle = printCycle{
		warmup:   randomDuration(r, 40*time.Second, 90*time.Second),
		printing: randomDuration(r, 5*time.Minute, 14*time.Minute),
		idle:     randomDuration(r, 2*time.Minute, 4*time.Minute),
	}
	decided.cycleOffset = randomDuration(r, 0, decided.cycle.length())
	if s.activity == startsMidPrint {
		decided.cycle.printing = 12 * time.Minute
		decided.cycleOffset = decided.cycle.warmup + 3*time.Minute
	}
	return decided
}
