package probe

import (
	"strconv"
	"strings"
	"time"
)

// Phase is the part of an exchange that was in progress when it ended.
type Phase uint8

// The phases, in their order. An exchange on an open connection begins with Waiting.
const (
	Resolving    Phase = iota + 1 // DNS
	Connecting                    // TCP, and the proxy if there is one
	Handshaking                   // TLS
	Waiting                       // the request is sent, no response has begun
	Receiving                     // the header is read, the body is not complete
	ResponseRead                  // the response is complete
)

var phaseNames = [...]string{
	Resolving: "resolve", Connecting: "connect", Handshaking: "tls", Waiting: "wait", Receiving: "read", ResponseRead: "answered",
}

// String returns the phase's name in debug output and in the label `phase`.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return ""
}

// Limits of a response. Reading stops at them.
const (
	maxBody   = 1 << 20  // bytes, decompressed
	maxHeader = 64 << 10 // bytes
)

// Attempt is what happened on the network during one request, not judged. Its only confidential part is the body.
type Attempt struct {
	Phase      Phase
	ErrorKind  ErrorKind                       // why it ended before ResponseRead
	HTTPStatus int                             // 0: no header was read
	RetryAfter string                          // the header; not in a Result
	Body       []byte                          // only of a response with HTTP status 200; at most 1 MiB
	Durations  [ResponseRead + 1]time.Duration // per phase
	Reused     bool                            // the connection was open before
	Shared     bool                            // the connection also carries requests to other printers
}

// retryAfter parses a Retry-After header: seconds, or a date that is compared with now. It returns 0 where there is none, or
// the date has passed. Source: RFC 9110 §10.2.3.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" { // the usual case, without three failed parses
		return 0
	}
	if s, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	for _, layout := range []string{time.RFC1123, time.RFC850, time.ANSIC} {
		if at, err := time.Parse(layout, header); err == nil {
			return max(0, at.Sub(now))
		}
	}
	return 0
}
