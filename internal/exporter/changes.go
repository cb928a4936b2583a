package exporter

import (
	"context"
	"log/slog"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/probe"
)

// fleetHooks log what changes in the fleet, and record how long requests take.
func fleetHooks(log *slog.Logger, recorder *collector.Recorder) probe.Hooks {
	hooks := probe.Hooks{
		Asked:   recorder.RequestDone,
		Changed: logStatusChange(log),
		SharingEnded: func(edge string) {
			log.Warn("disabling shared HTTP/2 connections for edge: responses differ from those on dedicated connections", "edge", edge)
		},
	}
	if log.Enabled(context.Background(), slog.LevelDebug) { // formatting a record costs more than the probe
		hooks.Probed = logRequests(log)
	}
	return hooks
}

// statusWord returns the layer that fails, "ok", or "unknown" before the first probe.
func statusWord(s *probe.Status) string {
	switch {
	case s.Probes == 0:
		return "unknown"
	case s.Fault.None():
		return "ok"
	}
	return s.Fault.Layer.String()
}

// logStatusChange logs each change of a printer's fault. A printer whose first probe succeeds is logged at debug level.
func logStatusChange(log *slog.Logger) func(before, after *probe.Status) {
	return func(before, after *probe.Status) {
		level := slog.LevelInfo
		if before.Probes == 0 && after.Fault.None() {
			level = slog.LevelDebug
		}
		attrs := []any{"printer", after.Name, "from", statusWord(before), "to", statusWord(after), "reason", after.Fault.Reason}
		if code := after.Fault.CodeLabel(); code != "" {
			attrs = append(attrs, "code", code)
		}
		if after.LostDuringPrint() {
			attrs = append(attrs, "lost_during_print", true)
		}
		log.Log(context.Background(), level, "printer status changed", attrs...)
	}
}

// logRequests logs one record per request.
func logRequests(log *slog.Logger) func(probe.Target, []probe.Result) {
	return func(t probe.Target, steps []probe.Result) {
		for _, r := range steps {
			log.Debug("request completed", "printer", t.Name, "api", r.Request.String(), "duration", r.Took.Round(time.Microsecond),
				"http_status", r.Attempt.HTTPStatus, "phase", r.Attempt.Phase.String(), "cause", string(r.Attempt.ErrorKind),
				"layer", r.Fault.Layer.String(), "code", r.Fault.CodeLabel(), "reason", r.Fault.Reason)
		}
	}
}

// logEdgeChange logs that an edge becomes unreachable or reachable: that explains the network faults of its printers.
func logEdgeChange(log *slog.Logger) func(before, after probe.EdgeStatus) {
	return func(before, after probe.EdgeStatus) {
		switch {
		case !after.Up():
			log.Warn("edge unreachable; network failures of its printers share this cause",
				"edge", after.Name, "reason", after.Fault.Reason, "cause", string(after.Attempt.ErrorKind))
		case before.Known():
			log.Info("edge reachable again", "edge", after.Name)
		}
	}
}
