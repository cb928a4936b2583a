package exporter

import (
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/view"
)

// panicGuard recovers panics of jobs and of requests. A bug that the response of one printer triggers must not end the
// process: it would do so after each restart, and no printer would be monitored.
type panicGuard struct {
	log    *slog.Logger
	record func(collector.Component)

	mu       sync.Mutex
	loggedAt map[jobKey]time.Time // when a panic of a job was last logged
}

// jobKey identifies a job that panicked: a probe of a printer, or a check of an edge.
type jobKey struct {
	component collector.Component
	name      string
}

// panicLogInterval is how long after one panic of a job the next ones are only counted: a bug recurs at each interval.
const panicLogInterval = time.Hour

func newPanicGuard(log *slog.Logger, record func(collector.Component)) *panicGuard {
	return &panicGuard{log: log, record: record, loggedAt: map[jobKey]time.Time{}}
}

// recoverJob ends a panic of the function that defers it. The result of the job is discarded; its next run is made when it is
// due.
func (g *panicGuard) recoverJob(c collector.Component, name string) {
	v := recover()
	if v == nil {
		return
	}
	g.record(c)
	if g.shouldLog(jobKey{c, name}, time.Now()) {
		g.log.Error("recovered from panic; result discarded", "component", string(c), "name", name,
			"panic", view.PanicText(v), "stack", string(debug.Stack()))
	}
}

// reportRequest records and logs the panic of a request. text must hold nothing secret.
func (g *panicGuard) reportRequest(route, text string, stack []byte) {
	g.record(collector.RequestComponent)
	g.log.Error(requestPanicMessage, "route", route, "panic", text, "stack", string(stack))
}

const requestPanicMessage = "recovered from panic; request aborted"

// shouldLog reports whether a panic of a job is to be logged, at most once per panicLogInterval.
func (g *panicGuard) shouldLog(key jobKey, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	expired := func(_ jobKey, at time.Time) bool { return now.Sub(at) >= panicLogInterval }
	if at, ok := g.loggedAt[key]; ok && !expired(key, at) {
		return false
	}
	maps.DeleteFunc(g.loggedAt, expired) // of printers that are no longer configured, too
	g.loggedAt[key] = now
	return true
}
