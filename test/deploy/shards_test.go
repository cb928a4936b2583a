//go:build !race

package deploy

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestDrillsOfShards evaluates the rules on drills of three shards.
func TestDrillsOfShards(t *testing.T) {
	testkit.Tool(t, "promtool")
	const minute, second, printers = time.Minute, time.Second, 36
	idle := idlePrinters(t, printers, 1)
	printersOfShard := func(index int, names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !(shard.Shard{Index: index, Total: 3}).Owns(n) })
	}
	moves := func(n string) bool { return (shard.Shard{Total: 4}).Of(n).Index == 3 }
	i := slices.IndexFunc(idle, moves)
	if i < 0 {
		t.Fatal("no printer that never prints moves to a fourth shard")
	}
	mover := idle[i]
	isolated, others := printersOfShard(1, printerNames(printers)), printersOfShard(0, slices.Delete(slices.Clone(idle), i, i+1))
	one := others[0]

	// rollOut restarts the shards like a StatefulSet: from the last to the first, each down for half a minute.
	rollOut := func(from time.Duration, total int) events {
		a := events{}
		for step := range 3 {
			index := 2 - step
			at := from + time.Duration(step)*minute
			a[at] = func(d *drill) { d.stop(pod(index)) }
			a[at+30*second] = func(d *drill) { d.start(pod(index), shard.Shard{Index: index, Total: total}) }
		}
		return a
	}
	merge := func(all ...events) events {
		sum := events{}
		for _, a := range all {
			maps.Copy(sum, a)
		}
		return sum
	}
	growth := merge(events{
		20*minute + 10*second: func(d *drill) { d.start(pod(3), shard.Shard{Index: 3, Total: 4}) },
	}, rollOut(21*minute+10*second, 4))

	for what, c := range map[string]struct {
		minutes int
		happens events
		want    alerts
	}{
		"a healthy fleet whose shards are restarted one by one fires nothing": {40, rollOut(10*minute, 3), alerts{}},

		"a healthy fleet to which a fourth shard is added fires nothing": {45, growth, alerts{}},

		"a healthy fleet from which a shard is removed fires nothing": {45, merge(events{
			20 * minute: func(d *drill) { d.stop(pod(2)); delete(d.exporters, pod(2)) },
			21 * minute: func(d *drill) { d.stop(pod(1)); d.start(pod(1), shard.Shard{Index: 1, Total: 2}) },
			22 * minute: func(d *drill) { d.stop(pod(0)); d.start(pod(0), shard.Shard{Index: 0, Total: 2}) },
		}), alerts{}},

		"alerts on printers that move to another shard do not restart": {50, merge(growth, events{
			4 * minute: func(d *drill) { d.must(d.relay.StartPrint(mover)) },
			9 * minute: func(d *drill) { d.set(simulator.Off, mover); d.set(simulator.AuthInvalid, one) },
		}), alerts{
			began:  map[string]int{"PrintLost critical " + mover: 1, "AuthInvalid warning " + one: 1},
			firing: map[int][]string{19: {"PrintLost critical " + mover, "AuthInvalid warning " + one}, 50: {"PrintLost critical " + mover, "AuthInvalid warning " + one}},
		}},

		"an outage of the service is one page for all shards": {50, events{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			30 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, alerts{began: map[string]int{"ServiceOutage critical": 1}, firing: map[int][]string{50: nil}}},

		"an isolated shard is one page, and a lost print in another shard is another": {60, events{
			4 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			10 * minute: func(d *drill) { d.set(simulator.Unreachable, isolated...) },
			15 * minute: func(d *drill) { d.set(simulator.Off, one) },
			40 * minute: func(d *drill) { d.set(simulator.None, isolated...) },
		}, alerts{
			began:  map[string]int{"ShardIsolated critical": 1, "PrintLost critical " + one: 1},
			firing: map[int][]string{35: {"ShardIsolated critical", "PrintLost critical " + one}, 60: {"PrintLost critical " + one}},
		}},

		"a shard that is down is one page": {50, events{
			20 * minute: func(d *drill) { d.stop(pod(1)) },
			40 * minute: func(d *drill) { d.start(pod(1), shard.Shard{Index: 1, Total: 3}) },
		}, alerts{began: map[string]int{"ShardMissing critical": 1}, firing: map[int][]string{30: {"ShardMissing critical"}, 50: nil}}},

		"all shards down are one page": {35, events{
			20 * minute: func(d *drill) { d.stop(pod(0)); d.stop(pod(1)); d.stop(pod(2)) },
		}, alerts{began: map[string]int{"ExporterDown critical": 1}, firing: map[int][]string{35: {"ExporterDown critical"}}}},

		"a shard with another total is one page": {40, events{
			20 * minute: func(d *drill) {
				for index := range 3 {
					d.stop(pod(index))
					d.start(pod(index), shard.Shard{Index: index, Total: 3 + index/2}) // 4 for the last one
				}
			},
		}, alerts{began: map[string]int{"ShardMissing critical": 1}, firing: map[int][]string{40: {"ShardMissing critical"}}}},

		"unsharded exporters of one fleet are one ticket": {45, events{
			20 * minute: func(d *drill) {
				for index := range 3 {
					d.stop(pod(index))
					d.start(pod(index), shard.Shard{})
				}
			},
		}, alerts{began: map[string]int{"DuplicatePrinters warning": 1}, firing: map[int][]string{45: {"DuplicatePrinters warning"}}}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			recordDrillOf(t, printers, c.minutes, func(d *drill) {
				for index := range 3 {
					d.start(pod(index), shard.Shard{Index: index, Total: 3})
				}
			}, c.happens).check(t, c.minutes, c.want)
		})
	}
}

// pod returns the instance of a shard.
func pod(index int) string { return fmt.Sprintf("octoeverywhere-exporter-%d:10059", index) }
