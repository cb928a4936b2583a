package probe

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// Result is what came of asking one question. A question that failed is a Result too, never an error.
type Result struct {
	Request    Request
	Asked      time.Time
	Took       time.Duration
	Fault      fault.Fault // none: the answer was good
	Reading    Reading     // of a good answer, or of one in which the printer reports an error
	RetryAfter time.Duration
	Attempt    Attempt // without its body
	// Canceled says that the exporter itself broke the question off, because it ends, or was not there to take the answer: that
	// says nothing of the printer.
	Canceled bool
}

// Ended is when the answer was whole, or was given up.
func (r Result) Ended() time.Time { return r.Asked.Add(r.Took) }

// timedOut reports whether a status got no answer in time, be it from the service or from the plugin behind it.
func (r Result) timedOut() bool {
	return r.Request == StatusRequest && !r.Canceled && (r.Fault.Same(fault.NoAnswer) || r.Fault.Same(fault.FromHTTP(602)))
}

// pluginAnswered reports whether a ping proves that the plugin answers: also an old plugin that does not know it does.
func (r Result) pluginAnswered() bool {
	return r.Request == PingRequest && !r.Canceled && (r.Fault.None() || r.unknownCommand())
}

func (r Result) unknownCommand() bool { return r.Fault.Same(fault.FromPlugin(754)) }

// afterPing judges a status that timed out by the ping that followed it in the same probe. If the ping was answered, it
// is the host that hangs; if the ping met another fault, that is the newer evidence; if it timed out as well, the first
// verdict stays.
func (r Result) afterPing(ping Result) Result {
	both := r
	both.Took = ping.Ended().Sub(r.Asked)
	both.Canceled = ping.Canceled
	switch {
	case ping.pluginAnswered():
		both.Fault = fault.HostUnresponsive
		both.Fault.Code = r.Fault.Code
	case !ping.Fault.Same(fault.NoAnswer):
		both.Fault, both.RetryAfter = ping.Fault, ping.RetryAfter
	}
	return both
}
