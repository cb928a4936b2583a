package simulator

import (
	"strings"
	"time"
)

// demoPrinter is a printer of the demo. Everything not set here is derived from the seed.
type demoPrinter struct {
	name        string // starts with the prefix of a model
	site        string
	description string
	script      script
	activity    activity
	disabled    bool // in the exporter's configuration
}

// activity is what a demo printer does.
type activity uint8

const (
	printsOften activity = iota // one print after the other
	printsOftenOldPlugin
	printsOftenLooseSensor
	neverPrints
	neverPrintsOldPlugin
	startsMidPrint // a print is in progress when the relay starts
)

// permanentFault returns a script with one fault, active from the start.
func permanentFault(f Fault) script { return script{{fault: f}} }

// demoPrinters are the demo's fleet: a fault at each of the six layers from the start, some intermittent faults, and ten
// healthy printers.
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

	{name: "a1-01", site: "school", script: permanentFault(Unreachable), description: "nothing listens at its address"},
	{name: "ender-07", site: "school", script: permanentFault(ServiceError), description: "the service responds 600 for this printer"},
	{name: "xl-01", site: "lab", script: permanentFault(Lapsed), description: "its owner's supporter status has lapsed (605)"},
	{name: "mk4-05", site: "workshop", script: permanentFault(Credentials), description: "its connection has a new password, the exporter has the old one (606)"},
	{name: "mini-03", site: "school", script: permanentFault(Offline), activity: neverPrints, description: "the computer of its plugin is unplugged (601)"},
	{name: "x1c-03", site: "lab", script: permanentFault(Off), activity: neverPrints, description: "switched off on purpose since the morning (785)"},
	{name: "p1s-04", site: "workshop", script: permanentFault(AuthInvalid), description: "its LAN access code was changed (789, sometimes 785)"},
	{name: "cc2-04", site: "school", script: permanentFault(TooManyClients), description: "too many slicers and apps are connected to it (787, sometimes 785)"},
	{name: "k1-02", site: "workshop", script: permanentFault(Hang), description: "its host software hangs: status times out, ping succeeds"},
	{name: "mk4-06", site: "lab", script: permanentFault(PrinterError), activity: neverPrints, description: "shows an error because its hotend got too hot"},
	{name: "k1-03", site: "school", script: permanentFault(Off), activity: neverPrintsOldPlugin, description: "switched off (785), and its old plugin does not know ping (754)"},

	{
		name: "ender-06", site: "school", description: "its plugin has bad Wi-Fi: intermittent 601, sometimes 602",
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
		name: "p1s-05", site: "workshop", activity: neverPrints, description: "switched off and on again every two minutes",
		script: script{{None, 60 * time.Second}, {Off, 120 * time.Second}, {None, 60 * time.Second}},
	},
	{
		name: "voron-04", site: "workshop", activity: startsMidPrint, description: "its host fails during a print, one minute after the start",
		script: script{{None, 60 * time.Second}, {Off, 0}},
	},
	{name: "mini-04", site: "lab", script: permanentFault(Offline), activity: neverPrints, disabled: true, description: "sold, and disabled in the configuration (enabled: false)"},
}

// Demo returns a relay with 24 named printers on five platforms, and one that the exporter's configuration disables: at least
// one fault at each of the six layers from the start, some intermittent faults, and ten healthy printers that print.
// [Printer.Description] says what is wrong.
func Demo(seed uint64) *Relay {
	specs := make([]spec, len(demoPrinters))
	for i, s := range demoPrinters {
		specs[i] = s.spec(seed, i)
	}
	return newRelay(seed, "", Latency{30 * time.Millisecond, 180 * time.Millisecond}, specs)
}

// spec derives from the seed what s leaves open. Prints of the demo are short, so that their end is seen.
func (s demoPrinter) spec(seed uint64, i int) spec {
	prefix, _, _ := strings.Cut(s.name, "-")
	r := printerRand(seed, i, 1)
	result := spec{
		name: s.name, disabled: s.disabled, model: modelByPrefix(prefix), site: s.site, description: s.description, script: s.script,
		oldPlugin: s.activity == printsOftenOldPlugin || s.activity == neverPrintsOldPlugin, looseSensor: s.activity == printsOftenLooseSensor, hasAppToken: i%4 != 3,
	}
	if s.activity == neverPrints || s.activity == neverPrintsOldPlugin {
		return result
	}
	result.cycle = printCycle{
		warmup:   randomDuration(r, 40*time.Second, 90*time.Second),
		printing: randomDuration(r, 5*time.Minute, 14*time.Minute),
		idle:     randomDuration(r, 2*time.Minute, 4*time.Minute),
	}
	result.cycleOffset = randomDuration(r, 0, result.cycle.length())
	if s.activity == startsMidPrint {
		result.cycle.printing = 12 * time.Minute
		result.cycleOffset = result.cycle.warmup + 3*time.Minute
	}
	return result
}
