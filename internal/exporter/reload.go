package exporter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// watchInterval is how often the sources of the configuration are compared with what was read.
const watchInterval = 15 * time.Second

// maxLoggedWarnings is the number of warnings of a configuration that are logged.
const maxLoggedWarnings = 20

// Reload reads the configuration and applies it. If it is not valid, the old one stays in effect. The error, which is also
// logged, contains no secret. Many calls at once take no longer than two.
func (e *Exporter) Reload() error { return e.reloads.do() }

// reload is one reload.
func (e *Exporter) reload() error {
	e.reloading.Lock()
	defer e.reloading.Unlock()
	if err := e.reloadLocked(); err != nil {
		return fmt.Errorf("the old configuration stays in effect:\n%w", err)
	}
	return nil
}

// reloadLocked is Reload; e.reloading must be held.
func (e *Exporter) reloadLocked() error {
	e.notifyReloading()
	e.checkWebConfig()
	err := e.loadLocked()
	if err != nil {
		LogError(e.log, "reload failed, keeping the old configuration", err)
		e.notifyReady("; the last reload failed, the old configuration is still in effect, see the log")
		return err
	}
	e.notifyReady("")
	return nil
}

// errReadOnce is why a configuration from a stream is not reloaded.
var errReadOnce = errors.New("the configuration was read from standard input or a pipe, which cannot be read again; restart the exporter to change it")

// loadLocked reads the configuration and, only if it is valid, replaces what is running. e.reloading must be held, except
// in New.
func (e *Exporter) loadLocked() error {
	if e.sources.Once() {
		e.recorder.Reloaded(false, time.Now())
		return errReadOnce
	}
	load := config.Load
	if e.config.Load() != nil {
		load = config.Reload
	}
	c, sources, err := load(e.options.ConfigFile)
	e.sources, e.loadedDigest = sources, sources.LoadedDigest()
	if err != nil {
		e.recorder.Reloaded(false, time.Now())
		return err
	}
	if !e.options.SuppressWarnings {
		for i, w := range c.Warnings {
			if i == maxLoggedWarnings {
				e.log.Warn("configuration warning", "warning", fmt.Sprintf("and %d more; octoeverywhere_exporter check lists all", len(c.Warnings)-i))
				break
			}
			e.log.Warn("configuration warning", "warning", w)
		}
	}
	e.keepConfig(c)
	names := c.LabelNames // a pointer into c would keep all of it in memory
	e.labelNames.Store(&names)
	targets, others := splitTargets(e.options.Shard, c.Targets)
	e.otherShards.Store(&others)
	e.fleet.Replace(targets)
	e.latency.Keep(targets)
	edges := probe.EdgesOf(targets)
	if e.options.RoundTripper != nil {
		edges = nil // edges are checked over the network only
	}
	e.edges.Replace(edges)
	e.schedule.Set(e.jobs(edges))
	e.recorder.Reloaded(true, time.Now())
	e.logLoaded(e.fleet.Len(), len(targets), len(c.Targets))
	if sources.Once() {
		e.log.Warn("configuration cannot be reloaded: it was read from standard input or a pipe", "file", e.options.ConfigFile)
	}
	if !e.options.Shard.IsOnly() {
		debug.FreeOSMemory() // only a part of what was read is kept
	}
	return nil
}

// logLoaded logs how many printers are probed, how many entries this shard has, and how many are configured.
func (e *Exporter) logLoaded(probed, entries, configured int) {
	attrs := []any{"file", e.options.ConfigFile, "printers", probed}
	if disabled := entries - probed; disabled > 0 {
		attrs = append(attrs, "disabled", disabled)
	}
	if s := e.options.Shard; !s.IsOnly() {
		attrs = append(attrs, "configured", configured, slog.Group("shard", "index", s.Index, "total", s.Total))
	}
	e.log.Info("configuration loaded", attrs...)
}

// LogError logs an error that contains no secret; if it is one of the configuration, with one record for each of the first errors
// in it.
func LogError(log *slog.Logger, message string, err error) {
	var all strictyaml.Errors
	if !errors.As(err, &all) {
		log.Error(message, "error", err.Error())
		return
	}
	first, more := all.Shown()
	for _, p := range first {
		attrs := []any{"file", p.File}
		if p.Line > 0 {
			attrs = append(attrs, "line", p.Line, "column", p.Column)
		}
		if p.Path != "" {
			attrs = append(attrs, "path", p.Path)
		}
		log.Error(message, append(attrs, "error", p.Message)...)
	}
	if more != "" {
		log.Error(message, "error", more)
	}
}

// watchSources reloads when the content of a file that was read changes, and checks the web configuration, until ctx is done. It
// compares content because inotify watches end when a mounted ConfigMap is swapped.
func (e *Exporter) watchSources(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			e.reloadIfChanged()
		}
	}
}

func (e *Exporter) reloadIfChanged() {
	e.reloading.Lock()
	defer e.reloading.Unlock()
	if e.sources.Digest() != e.loadedDigest {
		_ = e.reloadLocked() // logged
		return
	}
	e.checkWebConfig()
}
