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
)

// TestDrillsOfShards plays what happens to fleets that several exporters share to the rules.
func TestDrillsOfShards(t *testing.T) {
	tool(t, "promtool")
	const minute, second, printers = time.Minute, time.Second, 36
	idle := idlePrinters(t, printers, 1)
	ofShard := func(index int, names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !(shard.Shard{Index: index, Total: 3}).Has(n) })
	}
	moves := func(n string) bool { return (shard.Shard{Total: 4}).Of(n).Index == 3 }
	i := slices.IndexFunc(idle, moves)
	if i < 0 {
		t.Fatal("none of the printers that are always idle moves to a fourth shard")
	}
	mover := idle[i]
	cutOff, others := ofShard(1, namesOf(printers)), ofShard(0, slices.Delete(slices.Clone(idle), i, i+1))
	one := others[0]

	// A roll-out as a StatefulSet makes it: from the last to the first, each away for half a minute.
	rollOut := func(from time.Duration, total int) acts {
		a := acts{}
		for step := range 3 {
			index := 2 - step
			at := from + time.Duration(step)*minute
			a[at] = func(d *drill) { d.end(pod(index)) }
			a[at+30*second] = func(d *drill) { d.run(pod(index), shard.Shard{Index: index, Total: total}) }
		}
		return a
	}
	and := func(all ...acts) acts {
		sum := acts{}
		for _, a := range all {
			maps.Copy(sum, a)
		}
		return sum
	}
	growth := and(acts{
		20*minute + 10*second: func(d *drill) { d.run(pod(3), shard.Shard{Index: 3, Total: 4}) },
	}, rollOut(21*minute+10*second, 4))

	for what, c := range map[string]struct {
		minutes int
		happens acts
		want    seen
	}{
		"a fleet that is well, while its exporters are restarted one after the other, is nothing": {40, rollOut(10*minute, 3), seen{}},

		"a fleet that is well, while a fourth shard is added, is nothing": {45, growth, seen{}},

		"a fleet that is well, while a shard is taken away, is nothing": {45, and(acts{
			20 * minute: func(d *drill) { d.end(pod(2)); delete(d.exporters, pod(2)) },
			21 * minute: func(d *drill) { d.end(pod(1)); d.run(pod(1), shard.Shard{Index: 1, Total: 2}) },
			22 * minute: func(d *drill) { d.end(pod(0)); d.run(pod(0), shard.Shard{Index: 0, Total: 2}) },
		}), seen{}},

		"what stands at printers that move to another shard begins nothing anew": {50, and(growth, acts{
			4 * minute: func(d *drill) { d.must(d.relay.StartPrint(mover)) },
			9 * minute: func(d *drill) { d.set(simulator.Off, mover); d.set(simulator.AuthInvalid, one) },
		}), seen{
			began:  map[string]int{"PrintLost critical " + mover: 1, "AuthInvalid warning " + one: 1},
			firing: map[int][]string{19: {"PrintLost critical " + mover, "AuthInvalid warning " + one}, 50: {"PrintLost critical " + mover, "AuthInvalid warning " + one}},
		}},

		"an outage of the service is one page for all shards": {50, acts{
			10 * minute: func(d *drill) { d.relay.ServiceDown() },
			30 * minute: func(d *drill) { d.relay.ServiceUp(); d.relay.RestartService() },
		}, seen{began: map[string]int{"ServiceOutage critical": 1}, firing: map[int][]string{50: nil}}},

		"the network of one shard is one page, and a print that is lost in another shard is another": {60, acts{
			4 * minute:  func(d *drill) { d.must(d.relay.StartPrint(one)) },
			10 * minute: func(d *drill) { d.set(simulator.Unreachable, cutOff...) },
			15 * minute: func(d *drill) { d.set(simulator.Off, one) },
			40 * minute: func(d *drill) { d.set(simulator.None, cutOff...) },
		}, seen{
			began:  map[string]int{"ShardIsolated critical": 1, "PrintLost critical " + one: 1},
			firing: map[int][]string{35: {"ShardIsolated critical", "PrintLost critical " + one}, 60: {"PrintLost critical " + one}},
		}},

		"a shard that stays away is one page": {50, acts{
			20 * minute: func(d *drill) { d.end(pod(1)) },
			40 * minute: func(d *drill) { d.run(pod(1), shard.Shard{Index: 1, Total: 3}) },
		}, seen{began: map[string]int{"ShardMissing critical": 1}, firing: map[int][]string{30: {"ShardMissing critical"}, 50: nil}}},

		"all shards that stay away are one page": {35, acts{
			20 * minute: func(d *drill) { d.end(pod(0)); d.end(pod(1)); d.end(pod(2)) },
		}, seen{began: map[string]int{"ExporterDown critical": 1}, firing: map[int][]string{35: {"ExporterDown critical"}}}},

		"a shard that does not know the new number is one page": {40, acts{
			20 * minute: func(d *drill) {
				for index := range 3 {
					d.end(pod(index))
					d.run(pod(index), shard.Shard{Index: index, Total: 3 + index/2}) // the last one: 4
				}
			},
		}, seen{began: map[string]int{"ShardMissing critical": 1}, firing: map[int][]string{40: {"ShardMissing critical"}}}},

		"exporters that do not share are one ticket": {45, acts{
			20 * minute: func(d *drill) {
				for index := range 3 {
					d.end(pod(index))
					d.run(pod(index), shard.Shard{})
				}
			},
		}, seen{began: map[string]int{"DuplicatePrinters warning": 1}, firing: map[int][]string{45: {"DuplicatePrinters warning"}}}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			playWith(t, printers, c.minutes, func(d *drill) {
				for index := range 3 {
					d.run(pod(index), shard.Shard{Index: index, Total: 3})
				}
			}, c.happens).check(t, c.minutes, c.want)
		})
	}
}

// pod is the instance of a shard.
func pod(index int) string { return fmt.Sprintf("octoeverywhere-exporter-%d:10059", index) }
