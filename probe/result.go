package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Result is the outcome of one request. A request that failed is a Result too, never an error.
type Result struct {
	Request    Request
	Sent       time.Time // when the request was made
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
func (r Result) Ended() time.Time { return r.Sent.Add(r.Took) }

// timedOut reports whether a status request timed out, here or in the service that waited for the plugin.
func (r Result) timedOut() bool {
	return r.Request == StatusRequest && !r.Canceled && (r.Fault.Same(fault.NoAnswer) || r.Fault.Same(fault.FromHTTP(602)))
}

// afterPing judges a status request that timed out together with the ping that followed it in the same probe. A pong means
// that the host hangs. A ping with another fault is the newer evidence. After a ping that timed out as well, or that is not
// supported, the fault of the status request stays.
func (r Result) afterPing(ping Result) Result {
	both := r
	both.Took = ping.Ended().Sub(r.Sent)
	both.Canceled = ping.Canceled
	both.RetryAfter = ping.RetryAfter
	switch {
	case ping.pingEvidence() != pingCounts:
	case ping.Fault.None():
		both.Fault = fault.HostUnresponsive
		both.Fault.Code = r.Fault.Code
	default:
		both.Fault = ping.Fault
	}
	return both
}
