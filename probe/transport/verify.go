package transport

import "time"

// edgeState is what is known of an edge and its shared connections. It is guarded by the pool's mu.
type edgeState struct {
	dedicatedUntil time.Time // it does not support shared connections
	verifying      int       // requests that are being sent again on dedicated connections
	agreed         time.Time // when a response on a dedicated connection was last the same
	differing      int       // hosts whose responses differed since then
}

// When many responses are not the API's, as in an outage, few are verified. An edge where several hosts get other responses
// on dedicated connections looks at a connection's name, not at the request's: it is not shared for a while.
const (
	maxVerifying   = 4
	verifyInterval = time.Minute
	maxDiffering   = 3
	dedicatedFor   = 10 * time.Minute
)

// dedicated reports whether all hosts of the edge need dedicated connections.
func (e *edgeState) dedicated(now time.Time) bool { return now.Before(e.dedicatedUntil) }

// edge returns the state of an edge. p.mu must be held.
func (p *pool) edge(name string) *edgeState {
	e, ok := p.edges[name]
	if !ok {
		e = &edgeState{}
		p.edges[name] = e
	}
	return e
}

// mayVerify reports whether a response that is not the API's is to be verified. If so, verified has to follow.
func (p *pool) mayVerify(h *host) bool {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.edge(h.edge)
	limit := maxVerifying
	if !e.agreed.IsZero() && e.differing == 0 {
		limit = 1
	}
	if !e.dedicated(now) && (e.verifying >= limit || now.Sub(e.agreed) < verifyInterval) {
		return false
	}
	e.verifying++
	return true
}

// verified records what came of it.
func (p *pool) verified(h *host, differs bool) {
	if p.recordVerified(h, differs, time.Now()) && p.disabled != nil {
		p.disabled(h.edge)
	}
}

// recordVerified reports whether sharing has ended for the edge of h.
func (p *pool) recordVerified(h *host, differs bool, now time.Time) (ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.edge(h.edge)
	e.verifying--
	if !differs {
		e.agreed, e.differing = now, 0
		return false
	}
	h.dedicated = now.Add(dedicatedFor)
	e.differing++
	if e.differing < maxDiffering || e.dedicated(now) {
		return false
	}
	e.dedicatedUntil, e.differing = now.Add(dedicatedFor), 0
	return true
}

// quarantine gives a host dedicated connections for a while.
func (p *pool) quarantine(h *host) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h.dedicated = time.Now().Add(dedicatedFor)
}

// sharing reports of each edge whether its connections are shared.
func (p *pool) sharing() map[string]bool {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	shares := make(map[string]bool, len(p.edges))
	for name, e := range p.edges {
		shares[name] = !e.dedicated(now)
	}
	return shares
}
