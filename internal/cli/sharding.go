package cli

import (
	"log/slog"

	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/probe"
)

// shardFlags say which of several exporters with the same configuration this one is.
type shardFlags struct {
	Index int `name:"shard.index" default:"0" help:"Which of the exporters that share the printers this one is: 0 to one less than --shard.total."`
	Total int `name:"shard.total" default:"1" help:"How many exporters share the printers. All have the same configuration; each printer is probed by one of them."`
}

func (f shardFlags) shard() (shard.Shard, error) { return shard.New(f.Index, f.Total) }

// split gives the printers that a shard probes, and the names of those that it leaves to others.
func split(s shard.Shard, targets []probe.Target) (own []probe.Target, others map[string]bool) {
	if s.IsOnly() {
		return targets, nil
	}
	others = map[string]bool{}
	for _, t := range targets {
		if s.Owns(t.Name) {
			own = append(own, t)
		} else {
			others[t.Name] = true
		}
	}
	return own, others
}

// elsewhere names the shard of a printer that another exporter probes; "" where none does.
func (a *app) elsewhere(name string) string {
	if !(*a.others.Load())[name] {
		return ""
	}
	return a.shard.Of(name).String()
}

// shardName is for people; "" where there is only this exporter.
func (a *app) shardName() string {
	if a.shard.IsOnly() {
		return ""
	}
	return a.shard.String()
}

// logLoaded says what is in force from now on.
func (a *app) logLoaded(own, configured int) {
	facts := []any{"file", a.file, "printers", own}
	if !a.shard.IsOnly() {
		facts = append(facts, "configured", configured, slog.Group("shard", "index", a.shard.Index, "total", a.shard.Total))
	}
	a.log.Info("configuration is loaded", facts...)
}
