package probe

import (
	"net/http"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// pingEvidence is what a ping is evidence of.
type pingEvidence uint8

const (
	pingCounts      pingEvidence = iota + 1 // of the layers up to the plugin
	pingUnanswered                          // of nothing by itself: the next status tells
	pingUnsupported                         // of nothing: ping is not in the documented API, and does not work here
)

// pingEvidence returns what a ping is evidence of. Only a pong and faults that cannot be those of a plugin that does not
// know ping count.
func (r Result) pingEvidence() pingEvidence {
	f := r.Fault
	switch {
	case f.None(), f.Layer == fault.Network, f.Layer == fault.Access:
		return pingCounts
	case f.Same(fault.NoAnswer), f.Same(fault.BrokenAnswer):
		return pingUnanswered
	case f.From == fault.ByHTTP && slices.Contains(countingHTTP[:], f.Code), f.From == fault.ByService && slices.Contains(countingService[:], f.Code):
		return pingCounts
	}
	return pingUnsupported
}

// Numbers that count as the response to a ping, by what reports them.
var (
	countingHTTP    = [...]int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	countingService = [...]int{600, 601, 602, 612}
)

// maxUnanswered is how many pings in a row may get no response while status does.
const maxUnanswered = 2

// nextWithoutPong returns the status after a ping that is no evidence about a layer. No verdict and no backoff changes.
// Where it did not come from the plugin, status is due: it tells whether ping alone fails.
func (s Status) nextWithoutPong(r Result) Status {
	if r.pingEvidence() == pingUnanswered {
		s.unanswered++
	} else {
		s.withoutPing(r.Fault.From)
	}
	if r.Fault.From != fault.ByPlugin {
		s.statusDue = time.Time{}
	}
	if r.RetryAfter > 0 {
		s.waitFor(r)
	}
	return s
}

// updatePingSupport learns from r, which is evidence, whether ping is supported.
func (s *Status) updatePingSupport(r Result) {
	switch {
	case r.Fault.Same(pluginOffline), r.isNotAboutPing(): // the plugin that comes back may be a newer one
		s.noPing, s.unanswered = 0, 0
	case r.Request == StatusRequest && r.Fault.None() && s.noPing != fault.ByPlugin: // what was on the way may be gone
		s.noPing, s.unanswered = 0, 0
	case r.Request == PingRequest || r.Fault.Layer == fault.Network || r.Fault.Layer == fault.Service:
		s.unanswered = 0
	case s.unanswered >= maxUnanswered:
		s.withoutPing(fault.ByExporter)
	}
}

// isNotAboutPing reports whether a status request got a response that did not come from the plugin, and that would have made ping
// unsupported: then it was not about ping.
func (r Result) isNotAboutPing() bool {
	return r.Request == StatusRequest && r.Fault.From != fault.ByPlugin && r.Fault.Layer <= fault.Plugin && r.pingEvidence() == pingUnsupported
}

// withoutPing gives up ping: until the plugin was offline where the plugin said so, otherwise until a status is good at the
// latest. Evidence that was to be renewed by ping lasts until status renews it.
func (s *Status) withoutPing(by fault.Source) {
	s.noPing, s.unanswered = by, 0
	for l := range s.evidence {
		if e := &s.evidence[l]; !e.at.IsZero() {
			e.interval = max(e.interval, s.layerInterval(fault.Layer(l)))
		}
	}
}
