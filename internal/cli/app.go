package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/web"
	"octoeverywhere_exporter/probe"
)

// app is the exporter while it runs: a fleet that is probed on a schedule, and what shows it.
type app struct {
	log      *slog.Logger
	file     string
	alone    bool                  // printers share no connections
	played   bool                  // on a simulated fleet, where nothing is unwise
	inherits bool                  // it serves on the sockets of systemd
	tell     func(state ...string) // the service manager, as soon as the program serves
	via      http.RoundTripper     // how printers are asked; nil: over the network, as they are configured
	shard    shard.Shard
	fleet    *probe.Fleet
	edges    *probe.Edges
	schedule *schedule.Schedule
	metrics  *collector.Collector
	panics   *panics

	labels atomic.Pointer[[]string]        // names of the configured labels
	others atomic.Pointer[map[string]bool] // names of the printers that are configured, and another shard's

	reloading sync.Mutex // guards what follows: one reload at a time
	sources   config.Sources
	read      string // digest of what was read last, good or bad
}

func newApp(log *slog.Logger, file string, s shard.Shard, b build, disabled []collector.Group) *app {
	a := &app{log: log, file: file, shard: s, tell: func(...string) {}}
	a.labels.Store(new([]string))
	a.others.Store(new(map[string]bool))
	a.panics = newPanics(log, func(during collector.Work) { a.metrics.Panicked(during) })
	a.fleet = probe.NewFleet(probe.Hooks{
		Asked:   func(q probe.Request, took time.Duration) { a.metrics.Asked(q, took) },
		Probed:  a.probed(),
		Changed: logChange(log),
		SharingEnded: func(edge string) {
			log.Warn("edge does not bear that printers share its connections: each has its own from now on", "edge", edge)
		},
	})
	a.edges = probe.NewEdges(logEdge(log), a.fleet.GiveWay)
	a.schedule = schedule.New(func(late time.Duration) { a.metrics.Late(late) })
	a.metrics = collector.New(collector.Options{
		Printers:    a.fleet.All,
		LabelNames:  func() []string { return *a.labels.Load() },
		NextProbe:   a.nextProbe,
		Edges:       a.edgeMetrics,
		UnderWay:    a.fleet.InFlight,
		Connections: func() int { open, _ := a.fleet.Connections(); return open },
		Sharing:     func() map[string]bool { _, shared := a.fleet.Connections(); return shared },
		Skipped:     a.schedule.Skipped,
		Disabled:    disabled,
		ShardIndex:  s.Index,
		ShardTotal:  s.Total,
		Version:     b.version, Revision: b.revision, GoVersion: b.goVersion,
	})
	return a
}

// probed is nil unless somebody wants to see each probe: making the line costs more than the probe.
func (a *app) probed() func(probe.Target, []probe.Result) {
	if !a.log.Enabled(context.Background(), slog.LevelDebug) {
		return nil
	}
	return logProbe(a.log)
}

// nextProbe is when a printer's next question is due; zero while its first one is still to come.
func (a *app) nextProbe(s *probe.Status) time.Time {
	now := time.Now()
	_, due := s.Plan(now)
	if due.IsZero() {
		return time.Time{}
	}
	if due.Before(now) {
		due = now
	}
	return schedule.Next(s.Name, s.Interval, due)
}

// reload reads the configuration, and only if all of it is good replaces what is running. The error is free of secrets.
func (a *app) reload() error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	return a.load()
}

// load is reload for who has the lock.
func (a *app) load() error {
	a.tellReloading()
	c, sources, err := config.Load(a.file)
	a.sources, a.read = sources, sources.LoadedDigest()
	if err != nil {
		a.metrics.Reloaded(false, time.Now())
		a.tellReady("; the last reload failed and changed nothing, see the log")
		return err
	}
	for _, w := range c.Warnings {
		if !a.played {
			a.log.Warn("configuration", "warning", w)
		}
	}
	names := c.LabelNames // a pointer into c would keep all of it
	a.labels.Store(&names)
	own, others := split(a.shard, c.Targets)
	a.others.Store(&others)
	for i := range own {
		own[i].Settings.DisableSharing, own[i].Via = a.alone, a.via
	}
	a.fleet.Replace(own)
	edges := probe.EdgesOf(own)
	a.edges.Replace(edges)
	a.schedule.Set(a.jobs(edges))
	a.metrics.Reloaded(true, time.Now())
	a.logLoaded(len(own), len(c.Targets))
	a.tellReady("")
	if !a.shard.IsOnly() {
		debug.FreeOSMemory() // of all that was read only a share is kept
	}
	return nil
}

// jobs are what the schedule runs: a job a printer, and one an edge.
func (a *app) jobs(edges []probe.Edge) []schedule.Job {
	entries := a.fleet.Entries()
	jobs := make([]schedule.Job, 0, len(entries)+len(edges))
	for _, e := range entries {
		name := e.Target.Name
		jobs = append(jobs, schedule.Job{
			Key: name, Version: e.Version, Interval: e.Target.Interval,
			Run: func(ctx context.Context, moment time.Time) {
				defer a.panics.contain(collector.Probing, name)
				a.fleet.Probe(ctx, name, moment)
			},
		})
	}
	for _, e := range edges {
		jobs = append(jobs, schedule.Job{
			Key: "\x00edge " + e.Name, Interval: probe.EdgeInterval, // no printer has such a name
			Run: func(ctx context.Context, _ time.Time) {
				defer a.panics.contain(collector.TryingEdge, e.Name)
				a.edges.Try(ctx, e.Name)
			},
		})
	}
	return jobs
}

// watch reloads when the content of what was read changes, until ctx ends. It looks at content, not at events: those end
// at the first swap of a mounted ConfigMap.
func (a *app) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.reloadIfChanged(); err != nil {
			a.logFailedReload(err)
		}
	}
}

func (a *app) reloadIfChanged() error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	if a.sources.Digest() == a.read {
		return nil
	}
	return a.load()
}

// logFailedReload writes a line a mistake: that is how they are read where logs are collected.
func (a *app) logFailedReload(err error) {
	var errs strictyaml.Errors
	if !errors.As(err, &errs) {
		a.log.Error("reload failed: nothing is changed", "error", err.Error())
		return
	}
	for _, e := range errs {
		a.log.Error("reload failed: nothing is changed", "file", e.File, "line", e.Line, "column", e.Column, "path", e.Path, "mistake", e.Message)
	}
}

// handler is all that is served.
func (a *app) handler(w webFlags, b build) http.Handler {
	return web.New(web.Options{
		Printers: a.fleet.All, Printer: a.fleet.Status, Current: a.fleet.Current, Ask: a.fleet.Ask,
		Steps: a.fleet.Steps, Elsewhere: a.elsewhere, NextProbe: a.nextProbe,
		Edges:   a.edgeBanners,
		Metrics: a.metrics.Handler(), MetricsPath: w.TelemetryPath,
		ProbeMetrics: func(w http.ResponseWriter, r *http.Request, s *probe.Status) {
			a.metrics.ProbeHandler(s).ServeHTTP(w, r)
		},
		Reload: func(context.Context) error {
			err := a.reload()
			if err != nil {
				a.logFailedReload(err)
				return fmt.Errorf("nothing is changed:\n%w", err)
			}
			return nil
		},
		Lifecycle: w.EnableLifecycle, Pprof: w.EnablePprof, MaxRequests: w.Limits.Requests,
		Refused: a.metrics.Refused,
		Panicked: func(route, what string, stack []byte) {
			a.metrics.Panicked(collector.Answering)
			a.log.Error("a request ended in a panic", "route", route, "what", what, "stack", string(stack))
		},
		Ready:   ready,
		Version: b.version, Shard: a.shardName(),
	})
}

// edgeMetrics and edgeBanners show the edges' status as the collector and the page want it.
func (a *app) edgeMetrics() []collector.Edge {
	var edges []collector.Edge
	for _, s := range a.edges.All() {
		p := s.Attempt.Durations
		edges = append(edges, collector.Edge{
			Name: s.Name, Known: s.Known(), Up: s.Up(), CertificateExpiry: s.Expiry,
			Resolve: p[probe.Resolving], Connect: p[probe.Connecting], TLS: p[probe.Handshaking],
		})
	}
	return edges
}

func (a *app) edgeBanners() []web.Edge {
	var edges []web.Edge
	for _, s := range a.edges.All() {
		failed := strings.TrimSpace(s.Fault.Meaning)
		edges = append(edges, web.Edge{Name: s.Name, Known: s.Known(), Up: s.Up(), Since: s.Since, Failed: failed})
	}
	return edges
}
