//go:build !race

package deploy

import (
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestDrills evaluates the rules on drills of a single exporter. Too slow for the race detector, which the exporter's own drills
// cover.
func TestDrills(t *testing.T) {
	testkit.Tool(t, "promtool")
	const minute, second = time.Minute, time.Second
	idle := idlePrinters(t, 60, 1)
	if len(idle) < 12 {
		t.Fatalf("only %d of 60 printers never print", len(idle))
	}
	one, other, third := idle[0], idle[1], idle[2]
	each := func(alert string, names []string) map[string]int {
		all := map[string]int{}
		for _, n := range names {
			all[alert+" "+n] = 1
		}
		return all
	}
	for what, c := range map[string]struct {
		printers, minutes int
		happens           events
		want              alerts
	}{
		"short failures of a printer and of the service fire nothing": {60, 40, events{
			10 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			11 * minute: func(d *drill) { d.set(simulator.None, one) },
			20 * minute: func(d *drill) { d.relay.ServiceDown() },
			21 * minute: func(d *drill) { d.relay.ServiceUp() },
		}, alerts{}},

		"restarts of the service fire nothing": {60, 50, events{
			10 * minute: func(d *drill) { d.relay.RestartService() },
			20 * minute: func(d *drill) { d.relay.RestartService() },
			30 * minute: func(d *drill) { d.relay.RestartService() },
		}, alerts{}},

		"printers switched off while idle are infos": {60, 90, events{
			10 * minute: func(d *drill) { d.set(simulator.Off, idle[:10]...) },
			60 * minute: func(d *drill) { d.set(simulator.None, idle[:10]...) },
		}, alerts{began: each("HostDisconnected info", idle[:10]), firing: map[int][]string{90: nil}}},

		"a plugin that is offline, slow and offline is one ticket": {60, 90, events{
			10 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			25 * minute: func(d *drill) { d.set(simulator.Timeout, one) },
			40 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			55 * minute: func(d *drill) { d.set(simulator.None, one) },
		}, alerts{began: map[string]int{"PluginOffline warning " + one: 1}, firing: map[int][]string{90: nil}}},

		"a changed access code is one ticket, although 789 and 785 alternate": {20, 240, events{
			10 * minute: func(d *drill) { d.set(simulator.AuthInvalid, one) },
		}, alerts{began: map[string]int{"AuthInvalid warning " + one: 1}}},

		"a lost print is one page": {60, 70, events{
			5 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			12 * minute: func(d *drill) { d.set(simulator.Off, one) },
			40 * minute: func(d *drill) { d.set(simulator.None, one) },
		}, alerts{
			began:  map[string]int{"PrintLost critical " + one: 1},
			firing: map[int][]string{15: nil, 20: {"PrintLost critical " + one}, 70: nil},
		}},

		"a plugin that restarts during a print and first reports 785 fires nothing": {60, 40, events{
			5 * minute:            func(d *drill) { d.must(d.relay.StartPrint(one)) },
			12*minute + 10*second: func(d *drill) { d.set(simulator.Offline, one) },
			12*minute + 50*second: func(d *drill) { d.set("785", one) },
			13*minute + 50*second: func(d *drill) { d.set(simulator.None, one) },
		}, alerts{}},

		"an outage of the service is one page for three printers": {3, 60, events{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			30 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, alerts{
			began:  map[string]int{"ServiceOutage critical": 1},
			firing: map[int][]string{15: {"ServiceOutage critical"}, 60: nil},
		}},

		"an outage of the service is one page for a thousand printers": {1000, 18, events{
			3 * minute: func(d *drill) { d.relay.ServiceDown() },
			9 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, alerts{
			began:  map[string]int{"ServiceOutage critical": 1},
			firing: map[int][]string{8: {"ServiceOutage critical"}, 18: nil},
		}},

		"an outage of the network is one page": {60, 40, events{
			10 * minute: func(d *drill) { d.set(simulator.Unreachable, d.names()...) },
			20 * minute: func(d *drill) { d.set(simulator.None, d.names()...) },
		}, alerts{began: map[string]int{"NetworkOutage critical": 1}}},

		"all plugins offline during prints are one page": {60, 50, events{
			10 * minute: func(d *drill) { d.set(simulator.Offline, d.names()...) },
			30 * minute: func(d *drill) { d.set(simulator.None, d.names()...) },
		}, alerts{began: map[string]int{"ActivePrintsUnmonitored critical": 1}, firing: map[int][]string{50: nil}}},

		"a lapsed supporter loses no print": {60, 40, events{
			10 * minute: func(d *drill) { d.set(simulator.Lapsed, d.names()...) },
		}, alerts{began: each("SupporterLapsed warning", printerNames(60))}},

		"a flapping plugin is an info": {60, 70, func() events {
			a := events{}
			for m := 10 * minute; m < 50*minute; m += 6 * minute {
				a[m] = func(d *drill) { d.set(simulator.Offline, one) }
				a[m+3*minute] = func(d *drill) { d.set(simulator.None, one) }
			}
			return a
		}(), alerts{began: map[string]int{"Flapping info " + one: 1}}},

		"a restart of the exporter does not restart alerts": {60, 80, events{
			4 * minute: func(d *drill) { d.must(d.relay.StartPrint(third)) },
			10 * minute: func(d *drill) {
				d.set(simulator.Offline, one)
				d.set(simulator.AuthInvalid, other)
				d.set(simulator.Off, third)
			},
			40 * minute: func(d *drill) { d.stopSingle() },
			43 * minute: func(d *drill) { d.startSingle() },
		}, alerts{
			began: map[string]int{"PluginOffline warning " + one: 1, "AuthInvalid warning " + other: 1, "PrintLost critical " + third: 1},
			firing: map[int][]string{80: {
				"PluginOffline warning " + one, "AuthInvalid warning " + other, "PrintLost critical " + third,
			}},
		}},

		"a restart of the exporter between losing a print and its page loses no page": {60, 40, events{
			4 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			10 * minute: func(d *drill) { d.set(simulator.Off, one) },
			13 * minute: func(d *drill) { d.stopSingle() },
			14 * minute: func(d *drill) { d.startSingle() },
		}, alerts{began: map[string]int{"PrintLost critical " + one: 1}, firing: map[int][]string{40: {"PrintLost critical " + one}}}},

		"an exporter that is down is one page": {60, 60, events{
			20 * minute: func(d *drill) { d.stopSingle() },
			40 * minute: func(d *drill) { d.startSingle() },
		}, alerts{began: map[string]int{"ExporterDown critical": 1}, firing: map[int][]string{60: nil}}},

		"an exporter that goes down during an outage adds only its own page": {60, 70, events{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			20 * minute: func(d *drill) { d.stopSingle() },
			40 * minute: func(d *drill) { d.startSingle() },
			45 * minute: func(d *drill) { d.relay.ServiceUp() },
		}, alerts{began: map[string]int{"ServiceOutage critical": 2, "ExporterDown critical": 1}, firing: map[int][]string{70: nil}}},
	} {
		t.Run(what, func(t *testing.T) {
			if c.printers >= 1000 {
				skipUnlessLong(t, "20 seconds")
			}
			t.Parallel()
			recorded := recordDrill(t, c.printers, c.minutes, c.happens)
			if c.printers >= 1000 {
				recorded.keepLayers("service", "plugin", "host")
			}
			recorded.check(t, c.minutes, c.want)
		})
	}
}

// printerNames returns the names of all printers of a simulated fleet.
func printerNames(printers int) (names []string) {
	for _, p := range simulator.New(simulator.Options{Printers: printers, Seed: 1}).Printers() {
		names = append(names, p.Name)
	}
	return names
}
