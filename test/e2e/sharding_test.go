package e2e

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestShardsShareTheFleet: three exporters with one configuration and one simulated fleet, as three processes. Each printer
// is probed by one of them, after a reload too, and a fourth exporter takes its share from all of them.
func TestShardsShareTheFleet(t *testing.T) {
	t.Parallel()
	const printers = 80
	r := runShards(t, printers)
	r.configure(0, 60)
	r.begin(3)
	before := r.owners()
	r.nobodyIsAskedTwice()
	r.strangers(before)

	r.configure(10, 70) // ten leave, ten come
	for _, p := range r.shards {
		if status, text := p.Post("/-/reload"); status != 200 {
			t.Fatalf("%d %s", status, text)
		}
	}
	after := r.owners()
	r.nobodyIsAskedTwice()
	for name, owner := range after {
		if was, stays := before[name]; stays && was != owner {
			t.Errorf("%s went from shard %d to %d, for no reason", name, was, owner)
		}
	}

	r.configure(0, printers)
	for _, p := range r.shards {
		if status, text := p.Post("/-/reload"); status != 200 {
			t.Fatalf("%d %s", status, text)
		}
	}
	before = r.owners()
	r.end()
	r.begin(4)
	after, moved := r.owners(), 0
	r.nobodyIsAskedTwice()
	for name, owner := range after {
		if owner == before[name] {
			continue
		}
		moved++
		if owner != 3 {
			t.Errorf("%s went from shard %d to %d, not to the new one", name, before[name], owner)
		}
	}
	if moved < printers/8 || moved > printers*3/8 {
		t.Errorf("%d of %d printers went to the fourth shard", moved, printers)
	}
}

// shards are exporters that share a simulated fleet.
type shards struct {
	t       *testing.T
	relay   *simulator.Relay
	head    string   // of the configuration: all but the printers
	entries []string // of the configuration, a printer each
	file    string
	shards  []*testkit.Process
	names   []string // of the printers that are configured
}

// runShards starts a simulated fleet.
func runShards(t *testing.T, printers int) *shards {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 3, Latency: simulator.Latency{Min: time.Millisecond, Max: 5 * time.Millisecond}})
	srv := listen(t, relay, "127.0.0.1:0")
	var text strings.Builder
	if err := srv.WriteConfig(&text, simulator.ConfigOptions{Interval: time.Second, Timeout: time.Second}); err != nil {
		t.Fatal(err)
	}
	head, list, _ := strings.Cut(text.String(), "printers:\n")
	entries := strings.SplitAfter(list, "}\n  - name: ") // the end of an entry is that of its labels
	for i := range entries {
		entries[i] = "  - name: " + strings.TrimPrefix(strings.TrimSuffix(entries[i], "  - name: "), "  - name: ")
	}
	if len(entries) != printers {
		t.Fatalf("%d printers are configured, want %d", len(entries), printers)
	}
	return &shards{t: t, relay: relay, head: head, entries: entries, file: t.TempDir() + "/config.yaml"}
}

// configure writes the configuration of some of the printers, one of which has a label that no other has.
func (r *shards) configure(from, to int) {
	r.t.Helper()
	entries := slices.Clone(r.entries[from:to])
	entries[0] = strings.Replace(entries[0], "labels: {", "labels: {room: a, ", 1)
	if err := os.WriteFile(r.file, []byte(r.head+"printers:\n"+strings.Join(entries, "")), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.names = nil
	for _, p := range r.relay.Printers()[from:to] {
		r.names = append(r.names, p.Name)
	}
}

// begin starts exporters, for each index one. The relay has nothing counted yet.
func (r *shards) begin(total int) {
	r.t.Helper()
	r.relay.ResetCounts()
	r.shards = nil
	for index := range total {
		r.shards = append(r.shards, testkit.Serve(r.t, "serve", "--web.enable-lifecycle", "--config.file="+r.file,
			fmt.Sprintf("--shard.index=%d", index), fmt.Sprintf("--shard.total=%d", total)))
	}
}

// end ends all exporters.
func (r *shards) end() {
	r.t.Helper()
	for _, p := range r.shards {
		if err := p.Cmd.Process.Signal(os.Interrupt); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, p := range r.shards {
		p.WaitEnd()
	}
}

// owners says which exporter exports each printer: one for each that is configured, and none for any other.
func (r *shards) owners() map[string]int {
	r.t.Helper()
	owners := map[string]int{}
	for index, p := range r.shards {
		for name := range r.probes(p) {
			if other, doubled := owners[name]; doubled {
				r.t.Errorf("%s is in shards %d and %d", name, other, index)
			}
			owners[name] = index
		}
		own := fmt.Sprintf("octoeverywhere_exporter_shard_info{index=%q,total=%q} 1", fmt.Sprint(index), fmt.Sprint(len(r.shards)))
		if len(p.Metrics(own)) != 1 {
			r.t.Errorf("%s is not exported", own)
		}
		if lines, all := p.Metrics("octoeverywhere_probes_total{"), p.Metrics("octoeverywhere_probes_total{", `room="`); len(lines) == 0 || len(lines) != len(all) {
			r.t.Errorf("shard %d: %d of %d printers have the label that one printer of the fleet has", index, len(all), len(lines))
		}
	}
	if d := cmp.Diff(slices.Sorted(slices.Values(r.names)), slices.Sorted(maps.Keys(owners))); d != "" {
		r.t.Errorf("configured and exported:\n%s", d)
	}
	return owners
}

var probesOf = regexp.MustCompile(`printer="([^"]+)".*} (\d+)$`)

// probes is how many times an exporter has probed each of its printers.
func (r *shards) probes(p *testkit.Process) map[string]int {
	r.t.Helper()
	counted := map[string]int{}
	for _, line := range p.Metrics("octoeverywhere_probes_total{") {
		m := probesOf.FindStringSubmatch(line)
		if m == nil {
			r.t.Fatalf("no probes of a printer: %s", line)
		}
		n := 0
		if _, err := fmt.Sscan(m[2], &n); err != nil {
			r.t.Fatal(err)
		}
		counted[m[1]] = n
	}
	return counted
}

// nobodyIsAskedTwice holds what the relay has counted for each printer against what its one exporter has: nothing is left
// that another could have asked.
func (r *shards) nobodyIsAskedTwice() {
	r.t.Helper()
	for _, p := range r.shards {
		p.Until("each printer was probed a few times", func() bool {
			for _, n := range r.probes(p) {
				if n < 3 {
					return false
				}
			}
			return true
		})
		hits := map[string]simulator.Counts{}
		for name := range r.probes(p) {
			c, err := r.relay.Counts(name)
			if err != nil {
				r.t.Fatal(err)
			}
			hits[name] = c
		}
		for name, n := range r.probes(p) {
			// A probe asks for status at most once, and one may be under way.
			if c := hits[name]; c.Status == 0 || c.Status > n+1 {
				r.t.Errorf("%s: its exporter has made %d probes, the relay was asked for its status %d times", name, n, c.Status)
			} else if c.MaxConcurrent > 1 && c.Ping == 0 {
				r.t.Errorf("%s: %d questions at a time", name, c.MaxConcurrent)
			}
		}
	}
}

// strangers: what is another's is not unknown, and not listed.
func (r *shards) strangers(owners map[string]int) {
	r.t.Helper()
	for index, p := range r.shards {
		_, list := p.Get("/sd")
		for name, owner := range owners {
			if listed := strings.Contains(list, fmt.Sprintf("%q", name)); listed != (owner == index) {
				r.t.Errorf("shard %d lists %s, which is of shard %d: %v", index, name, owner, listed)
			}
			if owner == index {
				continue
			}
			status, text := p.Get("/probe?target=" + name)
			if want := fmt.Sprintf("printer %q is configured, but belongs to shard %d of 3 (index %d): ask that exporter\n", name, owner+1, owner); status != 404 || text != want {
				r.t.Errorf("%d %s, want %s", status, text, want)
			}
		}
		if out := p.Output(); !strings.Contains(out, fmt.Sprintf(`"configured":60,"shard":{"index":%d,"total":3}`, index)) {
			r.t.Errorf("the log does not say which shard it is:\n%s", out)
		}
	}
}

// TestMomentsOfAShardAreSpread: who is whose, and who is asked when, are both hashes of the name, and must have nothing to
// do with each other.
func TestMomentsOfAShardAreSpread(t *testing.T) {
	const printers, interval, parts = 12_000, time.Minute, 10
	for _, total := range []int{2, 3, 4, 7} {
		counts := make([][parts]int, total)
		for i := range printers {
			name := fmt.Sprintf("mk4-%05d", i)
			moment := schedule.Next(name, interval, time.Unix(0, 0)).UnixNano() % int64(interval)
			counts[shard.Shard{Total: total}.Of(name).Index][moment*parts/int64(interval)]++
		}
		mean := printers / total / parts
		for index, c := range counts {
			if slices.Max(c[:]) > mean*5/4 || slices.Min(c[:]) < mean*3/4 {
				t.Errorf("shard %d of %d: %v printers in the tenths of a minute, the mean is %d", index, total, c, mean)
			}
		}
	}
}
