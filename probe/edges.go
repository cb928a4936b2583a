package probe

import (
	"context"
	"sync"
)

// Edges is the set of edges that are tried, and what is known of each.
type Edges struct {
	changed   func(before, after EdgeStatus)
	makePlace func()

	mu    sync.Mutex
	edges []Edge
	known map[string]EdgeStatus
}

// NewEdges makes an empty set. changed, unless nil, is told when an edge's verdict is another one; makePlace, unless nil, is
// called when there is no descriptor left to try an edge with.
func NewEdges(changed func(before, after EdgeStatus), makePlace func()) *Edges {
	return &Edges{changed: changed, makePlace: makePlace, known: map[string]EdgeStatus{}}
}

// Replace makes edges the ones that are tried. What is known of those that stay is kept.
func (e *Edges) Replace(edges []Edge) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := make(map[string]EdgeStatus, len(edges))
	for _, edge := range edges {
		known[edge.Name] = EdgeStatus{Name: edge.Name}
		if s, ok := e.known[edge.Name]; ok {
			known[edge.Name] = s
		}
	}
	e.edges, e.known = edges, known
}

// Try makes a fresh connection to the edge of that name and remembers what it showed.
func (e *Edges) Try(ctx context.Context, name string) {
	edge, before, ok := e.find(name)
	if !ok {
		return
	}
	after, said := edge.Try(ctx, before)
	if said && after.Attempt.ErrorKind == OutOfDescriptors && e.makePlace != nil {
		e.makePlace()
		after, said = edge.Try(ctx, before)
	}
	if !said || !e.remember(after) {
		return
	}
	if e.changed != nil && (!before.Known() || !before.Fault.Same(after.Fault)) {
		e.changed(before, after)
	}
}

func (e *Edges) find(name string) (Edge, EdgeStatus, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, edge := range e.edges {
		if edge.Name == name {
			return edge, e.known[name], true
		}
	}
	return Edge{}, EdgeStatus{}, false
}

// remember files what was found, false where a reload has taken the edge out meanwhile.
func (e *Edges) remember(s EdgeStatus) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.known[s.Name]; !ok {
		return false
	}
	e.known[s.Name] = s
	return true
}

// All gives what is known of each edge, sorted by name.
func (e *Edges) All() []EdgeStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]EdgeStatus, len(e.edges))
	for i, edge := range e.edges {
		all[i] = e.known[edge.Name]
	}
	return all
}
