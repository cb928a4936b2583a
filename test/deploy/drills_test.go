//go:build !race

package deploy

import (
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

// TestDrills plays what happens to fleets, as the exporter sees it, to the rules. With the race detector it would take
// long, and show nothing that the exporter's own drills do not.
func TestDrills(t *testing.T) {
	tool(t, "promtool")
	const minute, second = time.Minute, time.Second
	idle := idlePrinters(t, 60, 1)
	if len(idle) < 12 {
		t.Fatalf("only %d of 60 printers are always idle", len(idle))
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
		happens           acts
		want              seen
	}{
		"a blip of one printer, and one of the service, are nothing": {60, 40, acts{
			10 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			11 * minute: func(d *drill) { d.set(simulator.None, one) },
			20 * minute: func(d *drill) { d.relay.ServiceDown() },
			21 * minute: func(d *drill) { d.relay.ServiceUp() },
		}, seen{}},

		"restarts of the service are nothing": {60, 50, acts{
			10 * minute: func(d *drill) { d.relay.RestartService() },
			20 * minute: func(d *drill) { d.relay.RestartService() },
			30 * minute: func(d *drill) { d.relay.RestartService() },
		}, seen{}},

		"printers that are switched off while idle are infos": {60, 90, acts{
			10 * minute: func(d *drill) { d.set(simulator.Off, idle[:10]...) },
			60 * minute: func(d *drill) { d.set(simulator.None, idle[:10]...) },
		}, seen{began: each("HostDisconnected info", idle[:10]), firing: map[int][]string{90: nil}}},

		"a plugin that is offline, slow and offline again is one ticket": {60, 90, acts{
			10 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			25 * minute: func(d *drill) { d.set(simulator.Timeout, one) },
			40 * minute: func(d *drill) { d.set(simulator.Offline, one) },
			55 * minute: func(d *drill) { d.set(simulator.None, one) },
		}, seen{began: map[string]int{"PluginOffline warning " + one: 1}, firing: map[int][]string{90: nil}}},

		"a changed access code is one ticket, although the plugin alternates with 785": {20, 240, acts{
			10 * minute: func(d *drill) { d.set(simulator.AuthInvalid, one) },
		}, seen{began: map[string]int{"AuthInvalid warning " + one: 1}}},

		"a lost print is one page": {60, 70, acts{
			5 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			12 * minute: func(d *drill) { d.set(simulator.Off, one) },
			40 * minute: func(d *drill) { d.set(simulator.None, one) },
		}, seen{
			began:  map[string]int{"PrintLost critical " + one: 1},
			firing: map[int][]string{15: nil, 20: {"PrintLost critical " + one}, 70: nil},
		}},

		"a plugin that restarts in mid-print, and says 785 at first, is nothing": {60, 40, acts{
			5 * minute:            func(d *drill) { d.must(d.relay.StartPrint(one)) },
			12*minute + 10*second: func(d *drill) { d.set(simulator.Offline, one) },
			12*minute + 50*second: func(d *drill) { d.set("785", one) },
			13*minute + 50*second: func(d *drill) { d.set(simulator.None, one) },
		}, seen{}},

		"an outage of the service takes three printers and is one page": {3, 60, acts{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			30 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, seen{
			began:  map[string]int{"ServiceOutage critical": 1},
			firing: map[int][]string{15: {"ServiceOutage critical"}, 60: nil},
		}},

		"an outage of the service takes a thousand printers and is one page": {1000, 18, acts{
			3 * minute: func(d *drill) { d.relay.ServiceDown() },
			9 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, seen{
			began:  map[string]int{"ServiceOutage critical": 1},
			firing: map[int][]string{8: {"ServiceOutage critical"}, 18: nil},
		}},

		"the network is one page": {60, 40, acts{
			10 * minute: func(d *drill) { d.set(simulator.Unreachable, d.names()...) },
			20 * minute: func(d *drill) { d.set(simulator.None, d.names()...) },
		}, seen{began: map[string]int{"NetworkOutage critical": 1}}},

		"all plugins offline with prints under way are one page": {60, 50, acts{
			10 * minute: func(d *drill) { d.set(simulator.Offline, d.names()...) },
			30 * minute: func(d *drill) { d.set(simulator.None, d.names()...) },
		}, seen{began: map[string]int{"ActivePrintsUnmonitored critical": 1}, firing: map[int][]string{50: nil}}},

		"a supporter who lapses in mid-print loses no print": {60, 40, acts{
			10 * minute: func(d *drill) { d.set(simulator.Lapsed, d.names()...) },
		}, seen{began: each("SupporterLapsed warning", namesOf(60))}},

		"a plugin that comes and goes is an info": {60, 70, func() acts {
			a := acts{}
			for m := 10 * minute; m < 50*minute; m += 6 * minute {
				a[m] = func(d *drill) { d.set(simulator.Offline, one) }
				a[m+3*minute] = func(d *drill) { d.set(simulator.None, one) }
			}
			return a
		}(), seen{began: map[string]int{"Flapping info " + one: 1}}},

		"a restart of the exporter begins nothing anew": {60, 80, acts{
			4 * minute: func(d *drill) { d.must(d.relay.StartPrint(third)) },
			10 * minute: func(d *drill) {
				d.set(simulator.Offline, one)
				d.set(simulator.AuthInvalid, other)
				d.set(simulator.Off, third)
			},
			40 * minute: func(d *drill) { d.kill() },
			43 * minute: func(d *drill) { d.start() },
		}, seen{
			began: map[string]int{"PluginOffline warning " + one: 1, "AuthInvalid warning " + other: 1, "PrintLost critical " + third: 1},
			firing: map[int][]string{80: {
				"PluginOffline warning " + one, "AuthInvalid warning " + other, "PrintLost critical " + third,
			}},
		}},

		"a restart of the exporter between the loss of a print and its page loses no page": {60, 40, acts{
			4 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			10 * minute: func(d *drill) { d.set(simulator.Off, one) },
			13 * minute: func(d *drill) { d.kill() },
			14 * minute: func(d *drill) { d.start() },
		}, seen{began: map[string]int{"PrintLost critical " + one: 1}, firing: map[int][]string{40: {"PrintLost critical " + one}}}},

		"an exporter that stays away is one page": {60, 60, acts{
			20 * minute: func(d *drill) { d.kill() },
			40 * minute: func(d *drill) { d.start() },
		}, seen{began: map[string]int{"ExporterDown critical": 1}, firing: map[int][]string{60: nil}}},

		"an exporter that goes away in an outage adds its own page only": {60, 70, acts{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			20 * minute: func(d *drill) { d.kill() },
			40 * minute: func(d *drill) { d.start() },
			45 * minute: func(d *drill) { d.relay.ServiceUp() },
		}, seen{began: map[string]int{"ServiceOutage critical": 2, "ExporterDown critical": 1}, firing: map[int][]string{70: nil}}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			played := play(t, c.printers, c.minutes, c.happens)
			if c.printers >= 1000 {
				played.keep("service", "plugin", "host")
			}
			played.check(t, c.minutes, c.want)
		})
	}
}

// namesOf are the names of a whole fleet.
func namesOf(printers int) (names []string) {
	for _, p := range simulator.New(simulator.Options{Printers: printers, Seed: 1}).Printers() {
		names = append(names, p.Name)
	}
	return names
}
