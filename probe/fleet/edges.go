package fleet

import (
	"context"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/transport"
)

// EdgeInterval and edgeTimeout are how often each edge is checked, and for how long.
const (
	EdgeInterval = time.Minute
	edgeTimeout  = 10 * time.Second
)

// Edges is the set of edges that are checked, and what is known of each.
type Edges struct {
	observer  Observer
	closeIdle func() // called when there is no descriptor left for a check

	mu    sync.Mutex
	edges []probe.Edge
	known map[string]probe.EdgeStatus
}

// NewEdges returns the edges of a fleet, none before Replace.
func (f *Fleet) NewEdges() *Edges {
	return &Edges{observer: f.options.Observer, closeIdle: f.CloseIdle, known: map[string]probe.EdgeStatus{}}
}

// Replace makes edges the ones that are checked. What is known of those that stay is kept.
func (e *Edges) Replace(edges []probe.Edge) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := make(map[string]probe.EdgeStatus, len(edges))
	for _, edge := range edges {
		known[edge.Name] = probe.EdgeStatus{Name: edge.Name}
		if s, ok := e.known[edge.Name]; ok {
			known[edge.Name] = s
		}
	}
	e.edges, e.known = edges, known
}

// Check makes a new connection to each endpoint of the edge of that name and records the result. A panic ends the check and
// changes nothing that is known.
func (e *Edges) Check(ctx context.Context, name string) {
	defer e.recover(name)
	edge, before, ok := e.find(name)
	if !ok {
		return
	}
	after, ok := e.connect(ctx, edge, before)
	if !ok || ctx.Err() != nil || !e.remember(after) {
		return
	}
	if !before.Known() || !before.Fault.Same(after.Fault) {
		e.observer.EdgeChanged(before, after)
	}
}

// recover reports a panic of the function that defers it.
func (e *Edges) recover(name string) {
	if v := recover(); v != nil {
		e.observer.Panicked(EdgeComponent, name, v, debug.Stack())
	}
}

// connect connects to all endpoints at once; ok is false after a panic.
func (e *Edges) connect(ctx context.Context, edge probe.Edge, before probe.EdgeStatus) (after probe.EdgeStatus, ok bool) {
	limited, cancel := context.WithTimeout(ctx, edgeTimeout)
	defer cancel()
	attempts, expiries := make([]probe.Attempt, len(edge.Endpoints)), make([]time.Time, len(edge.Endpoints))
	var all sync.WaitGroup
	var ended atomic.Int64
	for i, to := range edge.Endpoints {
		all.Go(func() {
			defer e.recover(edge.Name)
			attempts[i], expiries[i] = transport.Connect(limited, to)
			if attempts[i].ErrorKind == probe.OutOfDescriptors {
				e.closeIdle()
				attempts[i], expiries[i] = transport.Connect(limited, to)
			}
			ended.Add(1)
		})
	}
	all.Wait()
	expiries = slices.DeleteFunc(expiries, time.Time.IsZero)
	var first time.Time
	if len(expiries) > 0 {
		first = slices.MinFunc(expiries, time.Time.Compare)
	}
	return before.Next(time.Now(), attempts, first), int(ended.Load()) == len(edge.Endpoints)
}

func (e *Edges) find(name string) (probe.Edge, probe.EdgeStatus, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, edge := range e.edges {
		if edge.Name == name {
			return edge, e.known[name], true
		}
	}
	return probe.Edge{}, probe.EdgeStatus{}, false
}

// remember records a status, false where a reload has removed the edge in the meantime.
func (e *Edges) remember(s probe.EdgeStatus) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.known[s.Name]; !ok {
		return false
	}
	e.known[s.Name] = s
	return true
}

// All returns what is known of each edge, sorted by name.
func (e *Edges) All() []probe.EdgeStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]probe.EdgeStatus, len(e.edges))
	for i, edge := range e.edges {
		all[i] = e.known[edge.Name]
	}
	return all
}
