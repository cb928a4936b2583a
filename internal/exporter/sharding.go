package exporter

import (
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/probe"
)

// splitTargets returns the targets that a shard probes, and the names of all others.
func splitTargets(s shard.Shard, targets []probe.Target) (own []probe.Target, others map[string]bool) {
	if s.Alone() {
		return targets, nil
	}
	others = map[string]bool{}
	for _, t := range targets {
		if s.Has(t.Name) {
			own = append(own, t)
		} else {
			others[t.Name] = true
		}
	}
	return own, others
}

// otherShard returns the shard that probes a configured printer which this one does not; "" for any other name.
func (e *Exporter) otherShard(name string) string {
	if !(*e.otherShards.Load())[name] {
		return ""
	}
	return e.options.Shard.Of(name).String()
}

// shardName returns the shard as pages show it; "" if there is only one.
func (e *Exporter) shardName() string {
	if e.options.Shard.Alone() {
		return ""
	}
	return e.options.Shard.String()
}
