package simulator

import (
	"strings"
	"time"
)

// A scene is a printer of the demo. What is not said here comes from the seed.
type scene struct {
	name   string // begins with the prefix of its model
	site   string
	story  string
	script script
	mind   mind
}

// mind is what is special about a printer of the demo.
type mind uint8

const (
	busy      mind = iota // prints, one print after the other
	busyOld               // the same with an old plugin
	busyLoose             // the same with a loose chamber sensor
	resting               // never prints
	atRestOld             // never prints, with an old plugin
	midPrint              // is in the middle of a print when the relay begins
)

// always is a fault that stands from the first second on.
func always(f Fault) script { return script{{fault: f}} }

// scenes are the demo's fleet: a fault at each of the six layers from the first second on, faults that come and go, and
// ten printers that are well.
var scenes = []scene{
	{name: "mk4-01", site: "lab"},
	{name: "mk4-02", site: "lab"},
	{name: "voron-01", site: "lab"},
	{name: "voron-02", site: "workshop"},
	{name: "trident-03", site: "workshop", mind: busyLoose},
	{name: "ender-05", site: "school", mind: busyOld},
	{name: "x1c-01", site: "lab"},
	{name: "p1s-02", site: "workshop"},
	{name: "cc-01", site: "school"},
	{name: "cc2-02", site: "school"},

	{name: "a1-01", site: "school", script: always(Unreachable), story: "its address leads nowhere: nothing listens there"},
	{name: "ender-07", site: "school", script: always(ServiceError), story: "the service answers 600 whenever it is asked for this printer"},
	{name: "xl-01", site: "lab", script: always(Lapsed), story: "its owner let the supporter status lapse (605)"},
	{name: "mk4-05", site: "workshop", script: always(Credentials), story: "its connection got a new password, the exporter has the old one (606)"},
	{name: "mini-03", site: "school", script: always(Offline), mind: resting, story: "the computer its plugin ran on is unplugged (601)"},
	{name: "x1c-03", site: "lab", script: always(Off), mind: resting, story: "switched off on purpose since the morning (785)"},
	{name: "p1s-04", site: "workshop", script: always(AuthInvalid), story: "its LAN access code was changed (789, now and then 785)"},
	{name: "cc2-04", site: "school", script: always(TooManyClients), story: "too many slicers and apps are connected to it (787, now and then 785)"},
	{name: "k1-02", site: "workshop", script: always(Hang), story: "its host software hangs: status times out, ping answers"},
	{name: "mk4-06", site: "lab", script: always(PrinterError), mind: resting, story: "shows an error since its hotend got too hot"},
	{name: "k1-03", site: "school", script: always(Off), mind: atRestOld, story: "switched off (785), and its old plugin does not know ping (754)"},

	{
		name: "ender-06", site: "school", story: "its plugin's Wi-Fi is bad: 601 comes and goes, at times 602",
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
		name: "p1s-05", site: "workshop", mind: resting, story: "someone switches it off and on again, every two minutes",
		script: script{{None, 60 * time.Second}, {Off, 120 * time.Second}, {None, 60 * time.Second}},
	},
	{
		name: "voron-04", site: "workshop", mind: midPrint, story: "its host dies in the middle of a print, a minute after the start",
		script: script{{None, 60 * time.Second}, {Off, 0}},
	},
}

// Demo is a relay with 24 named printers on five platforms: at least one fault at each of the six layers from the first
// second on, faults that come and go, and ten printers that are well and print. [Relay.Printers] tells what is wrong.
func Demo(seed uint64) *Relay {
	specs := make([]spec, len(scenes))
	for i, s := range scenes {
		specs[i] = s.spec(seed, i)
	}
	return newRelay(seed, "", Latency{30 * time.Millisecond, 180 * time.Millisecond}, specs)
}

// spec decides what the scene leaves open. Prints of the demo are short, so that they are seen to end.
func (s scene) spec(seed uint64, i int) spec {
	prefix, _, _ := strings.Cut(s.name, "-")
	r := chance(seed, i, 1)
	decided := spec{
		name: s.name, model: modelOf(prefix), site: s.site, story: s.story, script: s.script,
		old: s.mind == busyOld || s.mind == atRestOld, loose: s.mind == busyLoose, app: i%4 != 3,
	}
	if s.mind == resting || s.mind == atRestOld {
		return decided
	}
	decided.life = life{
		warm:  between(r, 40*time.Second, 90*time.Second),
		print: between(r, 5*time.Minute, 14*time.Minute),
		rest:  between(r, 2*time.Minute, 4*time.Minute),
	}
	decided.begun = between(r, 0, decided.life.round())
	if s.mind == midPrint {
		decided.life.print = 12 * time.Minute
		decided.begun = decided.life.warm + 3*time.Minute
	}
	return decided
}
