package probe

import (
	"net/http"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// Result is the outcome of one request. A request that failed is a Result too, never an error.
type Result struct {
	Request    Request
	Asked      time.Time // when the request was made
	Took       time.Duration
	Fault      fault.Fault // none: the response was good
	Reading    Reading     // of a good response, or of one in which the printer reports an error
	RetryAfter time.Duration
	Attempt    Attempt // without its body
	// Canceled reports that the exporter itself ended the request, or was suspended when the response was due. Such a result
	// says nothing about the printer.
	Canceled bool
}

// Ended returns when the response was complete, or the request was given up.
func (r Result) Ended() time.Time { return r.Asked.Add(r.Took) }

// timedOut reports whether a status request timed out, here or in the service that waited for the plugin.
func (r Result) timedOut() bool {
	return r.Request == StatusRequest && !r.Canceled && (r.Fault.Same(fault.NoAnswer) || r.Fault.Same(fault.FromHTTP(602)))
}

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

// afterPing judges a status request that timed out together with the ping that followed it in the same probe. A pong means
// that the host hangs. A ping with another fault is the newer evidence. After a ping that timed out as well, or that is not
// supported, the fault of the status request stays.
func (r Result) afterPing(ping Result) Result {
	both := r
	both.Took = ping.Ended().Sub(r.Asked)
	both.Canceled = ping.Canceled
	both.RetryAfter = ping.RetryAfter
	switch {
	case ping.pingEvidence() == pingUnsupported, ping.Fault.Same(fault.NoAnswer):
	case ping.Fault.None():
		both.Fault = fault.HostUnresponsive
		both.Fault.Code = r.Fault.Code
	default:
		both.Fault = ping.Fault
	}
	return both
}
