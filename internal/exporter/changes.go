package exporter

import (
	"context"
	"log/slog"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// observer logs what changes in the fleet, and records how long requests take.
type observer struct {
	log      *slog.Logger
	recorder *collector.Recorder
	latency  *collector.Latency // nil: off
	panics   *panicGuard
	debug    bool // log each request: formatting a record costs more than the probe
}

func newObserver(log *slog.Logger, recorder *collector.Recorder, latency *collector.Latency, panics *panicGuard) *observer {
	return &observer{log, recorder, latency, panics, log.Enabled(context.Background(), slog.LevelDebug)}
}

// Requested records the duration of a request.
func (o *observer) Requested(r probe.Request, took time.Duration) { o.recorder.RequestDone(r, took) }

// Probed records the duration of a probe, and logs one record per request.
func (o *observer) Probed(t probe.Target, results []probe.Result) {
	o.latency.Probed(t.Name, results)
	if !o.debug {
		return
	}
	for _, r := range results {
		o.log.Debug("request completed", "printer", t.Name, "api", r.Request.String(), "duration", r.Took.Round(time.Microsecond),
			"http_status", r.Attempt.HTTPStatus, "phase", r.Attempt.Phase.String(), "cause", string(r.Attempt.ErrorKind),
			"layer", r.Fault.Layer.String(), "code", r.Fault.CodeLabel(), "reason", r.Fault.Reason)
	}
}

// Changed logs each change of a printer's fault: a warning where a fault begins, and information where it ends or where a printer
// is switched off. A printer whose first probe succeeds is logged at debug level.
func (o *observer) Changed(before, after *probe.Status) {
	level := slog.LevelInfo
	switch {
	case view.IsFaulty(after):
		level = slog.LevelWarn
	case !before.Probed() && after.Fault.None():
		level = slog.LevelDebug
	}
	attrs := []any{"printer", after.Name, "from", statusText(before), "to", statusText(after)}
	if code := after.Fault.CodeLabel(); code != "" {
		attrs = append(attrs, "code", code)
	}
	subState, errorText := view.Explained(after, after.LastProbe)
	for _, text := range [...]struct{ key, value string }{{"sub_state", subState}, {"error_text", errorText}} {
		if text.value != "" {
			attrs = append(attrs, text.key, text.value)
		}
	}
	if after.LostDuringPrint() {
		attrs = append(attrs, "lost_during_print", true)
	}
	o.log.Log(context.Background(), level, "printer status changed", attrs...)
}

// statusText is a status as from and to have it: "ok", "unknown" before the first probe, LAYER/REASON of a fault, or off/REASON
// of a printer that is switched off.
func statusText(s *probe.Status) string {
	word := view.StatusWord(s)
	if s.Fault.None() || s.Disabled {
		return word
	}
	return word + "/" + s.Fault.Reason
}

// InfoChanged logs that the service no longer tells about the plugin's connection, or does so again. That changes no status.
func (o *observer) InfoChanged(_, after *probe.Status) {
	f, _ := after.Info()
	if f.None() {
		o.log.Info("info request succeeded again", "printer", after.Name)
		return
	}
	o.log.Warn("info request failed", "printer", after.Name, "layer", f.Layer.String(), "code", f.CodeLabel(), "reason", f.Reason, "meaning", f.Meaning)
}

// EdgeChanged logs that an edge becomes unreachable or reachable: that explains the network faults of its printers.
func (o *observer) EdgeChanged(before, after probe.EdgeStatus) {
	switch {
	case !after.Up():
		o.log.Warn("edge unreachable; network failures of its printers share this cause",
			"edge", after.Name, "reason", after.Fault.Reason, "cause", string(after.Attempt.ErrorKind))
	case before.Known():
		o.log.Info("edge reachable again", "edge", after.Name)
	}
}

// SharingDisabled logs that the connections of an edge are no longer shared.
func (o *observer) SharingDisabled(edge string) {
	o.log.Warn("disabling shared HTTP/2 connections for edge: responses differ from those on dedicated connections", "edge", edge)
}

// Panicked records and logs a panic that ended a probe or the check of an edge.
func (o *observer) Panicked(c fleet.Component, name string, value any, stack []byte) {
	o.panics.reportJob(collector.Component(c), name, value, stack)
}
