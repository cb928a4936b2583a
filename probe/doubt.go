package probe

import (
	"net"
	"net/http"
	"net/url"
	"time"

	"octoeverywhere_exporter/fault"
)

// sharedEdge is whether an edge bears to be shared. What it answers on a shared connection is doubted when it is not the
// API's: it may be that the edge looks at the connection's name and not at the request's. Such a question is asked once
// more on a connection of the host's own, and when the answer differs, sharing is over for that edge.
type sharedEdge struct {
	off    bool
	agreed time.Time // when a doubted answer was last the same on both
	asking int       // doubted questions that are being asked once more
}

// When many answers are doubted, as in an outage, few are asked once more.
const (
	doubtsAtOnce = 4
	doubtAgain   = time.Minute
)

// edgeOf names the edge of a URL's host as metrics do.
func edgeOf(u *url.URL) string {
	name := parentDomain(u.Hostname())
	if port := u.Port(); port != "" && port != "443" {
		return net.JoinHostPort(name, port)
	}
	return name
}

func (s *sharing) edge(name string) *sharedEdge {
	e, ok := s.edges[name]
	if !ok {
		e = &sharedEdge{}
		s.edges[name] = e
	}
	return e
}

// mayShare reports whether a host's questions may go on a shared connection.
func (s *sharing) mayShare(u *url.URL) bool {
	s.mu.Lock()
	off := s.edge(edgeOf(u)).off
	s.mu.Unlock()
	return !off && !s.book.isApart(u.Host)
}

// isTheAPI reports whether an answer is the API's: a 6xx or the envelope. Being asked to wait is not doubted.
func (r Result) isTheAPI() bool {
	foreign := r.Fault.From == fault.ByHTTP || r.Fault.Same(fault.NotTheAPI) || r.Fault.Same(fault.MalformedAnswer)
	return r.Attempt.Phase == ResponseRead && (!foreign || r.Attempt.HTTPStatus == http.StatusTooManyRequests)
}

// doubtful reports whether an answer may be due to the connection's being shared.
func (r Result) doubtful() bool {
	return r.Attempt.Shared && r.Attempt.Phase == ResponseRead && !r.isTheAPI()
}

// doubt reports whether a doubtful answer is to be asked for once more. If so, settle has to follow.
func (t *Transport) doubt(u *url.URL) bool {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	e := t.shared.edge(edgeOf(u))
	if e.asking >= doubtsAtOnce || time.Since(e.agreed) < doubtAgain {
		return false
	}
	e.asking++
	return true
}

// settle says what came of it. It reports whether sharing has just ended for the edge.
func (t *Transport) settle(u *url.URL, differs bool) (ended bool) {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	e := t.shared.edge(edgeOf(u))
	e.asking--
	if !differs {
		e.agreed = time.Now()
		return false
	}
	ended, e.off = !e.off, true
	return ended
}

// Sharing tells of each edge that was asked whether its connections are shared.
func (t *Transport) Sharing() map[string]bool {
	shares := map[string]bool{}
	if t.shared == nil {
		return shares
	}
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	for name, e := range t.shared.edges {
		shares[name] = !e.off
	}
	return shares
}
