// Package exporter is the running exporter: it probes the configured printers on a schedule, serves what is known of them
// over HTTP, and reloads its configuration. It knows no command line.
package exporter

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/schedule"
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/internal/web"
	"octoeverywhere_exporter/probe/fleet"
)

// Options configure an Exporter. The zero value of a field has no effect unless its comment says otherwise.
type Options struct {
	Logger     *slog.Logger  // nil: discard; must not wait for the reader of the log
	LogDropped func() uint64 // log records that were dropped; nil: none is
	ConfigFile string        // required
	Shard      shard.Shard   // the zero value probes all printers
	Build      Build

	StoragePath string // the folder of what survives a restart; "": nothing does

	ListenAddresses []string      // empty: serve nothing; Handler can still be used
	SystemdSocket   bool          // serve on the sockets that systemd passes instead of ListenAddresses
	HealthAddress   string        // serves /-/healthy and /-/ready only, in plain HTTP
	WebConfigFile   string        // TLS and basic auth of ListenAddresses
	ExternalURL     string        // where people reach the exporter; "": unknown. See web.ParseLocation
	RoutePrefix     string        // begins all paths, those of the health address excepted
	TelemetryPath   string        // follows RoutePrefix; "": /metrics
	TimeoutOffset   time.Duration // is subtracted from the scrape timeout of /probe
	EnableLifecycle bool
	EnablePprof     bool
	MaxRequests     int // costly requests in flight; 0: no limit
	MaxConnections  int // connections, and requests in flight, per listener; 0: no limit

	DisabledMetrics  []string // groups of metrics: print, temperature, gadget
	ProbeLatency     bool     // a histogram of probe durations per printer
	WithoutRuntime   bool     // without the metrics of Go and of the process
	CreatedSamples   bool     // OpenMetrics with created timestamps
	DisableSharing   bool     // each printer has dedicated connections
	SuppressWarnings bool     // do not log warnings about the configuration

	RoundTripper http.RoundTripper // sends requests to printers; nil: over the network, with the settings of each printer
}

// Build is what an exporter says about the program that it is part of.
type Build struct{ Version, Revision, GoVersion, Tags string }

// Exporter probes printers and serves their metrics. Its methods may be called by several goroutines.
type Exporter struct {
	options  Options
	log      *slog.Logger
	panics   *panicGuard
	recorder *collector.Recorder
	latency  *collector.Latency // nil: off
	fleet    *fleet.Fleet
	store    *store.Store // nil: nothing survives a restart
	edges    *fleet.Edges
	schedule *probeSchedule
	history  *history
	liveness *liveness
	handler  http.Handler

	listeners, healthListeners []net.Listener

	labelNames  atomic.Pointer[[]string]        // configured labels
	config      atomic.Pointer[[]byte]          // the configuration in effect without secrets, compressed
	otherShards atomic.Pointer[map[string]bool] // names of the configured printers that other shards probe

	reloads      *sharedRun // of reload
	reloading    sync.Mutex // serializes reloads; guards the fields below
	sources      config.Sources
	loadedDigest string // of the sources as they were read last, valid or not

	webConfigError string // of the last check, as it was logged; "": valid
}

// New reads the configuration and the web configuration, opens the listeners and builds everything that Run needs. Errors
// contain no secret. The listeners stay open until Run ends.
func New(o Options) (*Exporter, error) {
	if err := checkWebConfig(o.WebConfigFile); err != nil {
		return nil, err
	}
	log := cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	stored, err := openStorage(o.StoragePath, log)
	if err != nil {
		return nil, err
	}
	e := build(o, log, stored)
	if err := e.start(); err != nil {
		e.fleet.Close()
		if stored != nil {
			stored.Close(time.Now(), e.fleet.Records(), nil)
		}
		return nil, err
	}
	return e, nil
}

// start restores what is remembered, reads the configuration and opens the listeners.
func (e *Exporter) start() error {
	e.recorder.WebConfigRead(true)
	if e.store != nil {
		e.fleet.Restore(e.store.Load(time.Now()))
		e.history.restore(e.store.LoadHours())
	}
	if err := e.loadLocked(); err != nil {
		return err
	}
	return e.listen()
}

// build connects the parts. No part refers to one that is made later.
func build(o Options, log *slog.Logger, stored *store.Store) *Exporter {
	e := &Exporter{options: o, log: log, recorder: collector.NewRecorder(), store: stored}
	e.labelNames.Store(new([]string))
	e.otherShards.Store(new(map[string]bool))
	e.reloads = newSharedRun(e.reload)
	e.panics = newPanicGuard(log, e.recorder.Panicked)
	if o.ProbeLatency {
		e.latency = collector.NewLatency()
	}
	options := fleet.Options{
		Observer: newObserver(log, e.recorder, e.latency, e.panics), DisableSharing: o.DisableSharing, RoundTripper: o.RoundTripper,
	}
	if stored != nil {
		options.Key = stored.Key()
	}
	e.fleet = fleet.New(options)
	e.edges = e.fleet.NewEdges()
	e.history = newHistory(e.fleet, stored)
	e.schedule = &probeSchedule{Schedule: schedule.New(e.recorder.ProbeStarted)}
	e.liveness = &liveness{late: e.schedule.Late, log: log}
	metrics := collector.New(collector.Options{
		Recorder: e.recorder, Fleet: e.fleet, Edges: e.edges, Schedule: e.schedule,
		LabelNames: func() []string { return *e.labelNames.Load() },
		Panicked: func(printer string, value any, stack []byte) {
			e.panics.reportJob(collector.RequestComponent, printer, value, stack)
		},
		Disabled: disabledGroups(o.DisabledMetrics), Latency: e.latency,
		ShardIndex: o.Shard.Index, ShardTotal: o.Shard.Total,
		LogDropped: o.LogDropped, Storage: storageStats(stored),
		Version: o.Build.Version, Revision: o.Build.Revision, GoVersion: o.Build.GoVersion, Tags: o.Build.Tags,
		WithoutRuntime: o.WithoutRuntime, OpenMetricsCreated: o.CreatedSamples, ExternalURL: o.ExternalURL,
	})
	e.handler = web.New(web.Options{
		Fleet: e.fleet, Edges: e.edges, Schedule: e.schedule, History: e.history, Metrics: metrics, MetricsPath: o.TelemetryPath,
		ExternalURL: o.ExternalURL, RoutePrefix: o.RoutePrefix, TimeoutOffset: o.TimeoutOffset,
		OtherShard: e.otherShard, Shard: e.shardName(), Version: o.Build.Version,
		Config: e.shownConfig, Lifecycle: o.EnableLifecycle, Reload: e.Reload, Healthy: e.liveness.ok, Pprof: o.EnablePprof,
		MaxRequests: o.MaxRequests, Rejected: e.recorder.RequestRejected, Panicked: e.panics.reportRequest,
	})
	return e
}

func disabledGroups(names []string) []collector.Group {
	groups := make([]collector.Group, len(names))
	for i, name := range names {
		groups[i] = collector.Group(name)
	}
	return groups
}

// Handler returns the handler of all pages, without the TLS, the basic auth and the limits of the listeners.
func (e *Exporter) Handler() http.Handler { return e.handler }

// Fleet returns the fleet, for tests that look inside.
func (e *Exporter) Fleet() *fleet.Fleet { return e.fleet }

// Addresses returns the addresses of the listeners, without that for health.
func (e *Exporter) Addresses() []net.Addr {
	addresses := make([]net.Addr, len(e.listeners))
	for i, l := range e.listeners {
		addresses[i] = l.Addr()
	}
	return addresses
}

// Run probes and serves until ctx is done or a listener fails. It then cancels all probes, gives requests in flight
// shutdownTimeout to finish, and closes listeners and connections. It can be called once.
func (e *Exporter) Run(ctx context.Context) error {
	e.log.Info("starting octoeverywhere_exporter", "version", e.options.Build.Version, "revision", e.options.Build.Revision)
	group, ctx := errgroup.WithContext(ctx)
	idle := make(chan struct{}) // closed when no scheduled probe is in flight any more
	group.Go(func() error { defer close(idle); e.schedule.Run(ctx); return nil })
	if e.store != nil {
		group.Go(func() error { (&storage{e.store, e.fleet, e.history, e.panics}).run(ctx, idle); return nil })
	}
	group.Go(func() error { e.liveness.watch(ctx); return nil })
	group.Go(func() error { e.watchSources(ctx, watchInterval); return nil })
	group.Go(func() error { e.history.sample(ctx); return nil })
	group.Go(func() error { (&blockedLog{log: e.log}).watch(ctx, e.fleet.All); return nil })
	for _, l := range e.listeners {
		group.Go(func() error { return e.serve(ctx, l) })
	}
	for _, l := range e.healthListeners {
		group.Go(func() error { return serveHealth(ctx, l, e.liveness.ok, e.log) })
	}
	e.notifyReady("")
	group.Go(func() error { <-ctx.Done(); e.fleet.Cancel(); e.notifyStopping(); return nil })
	err := group.Wait()
	e.fleet.Close()
	e.log.Info("shut down")
	return err
}
