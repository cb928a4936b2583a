package probe

import (
	"strconv"
	"strings"
	"time"
)

// Phase is how far an exchange came: what was under way when it ended.
type Phase uint8

// The stages, in their order. A connection that is kept alive begins at Waiting.
const (
	Resolving    Phase = iota + 1 // DNS
	Connecting                    // TCP, and the proxy where there is one
	Handshaking                   // TLS
	Waiting                       // the question is on its way, no answer has begun
	Receiving                     // the header is here, the body is not yet whole
	ResponseRead                  // the answer is whole
)

var stageNames = [...]string{
	Resolving: "resolve", Connecting: "connect", Handshaking: "tls", Waiting: "wait", Receiving: "read", ResponseRead: "answered",
}

// String is the stage's name in debug output and in the label `phase`.
func (s Phase) String() string {
	if int(s) < len(stageNames) {
		return stageNames[s]
	}
	return ""
}

// Bounds of an answer. Larger ones are broken off.
const (
	maxBody   = 1 << 20  // bytes, inflated
	maxHeader = 64 << 10 // bytes
)

// Attempt is what happened on the wire when one question was asked, without an opinion about it and without anything
// secret in it but the body.
type Attempt struct {
	Phase      Phase
	ErrorKind  ErrorKind                       // why it ended before ResponseRead
	HTTPStatus int                             // 0: no header was read
	RetryAfter string                          // as it was written; not in a Result
	Body       []byte                          // only of an answer with HTTP status 200; at most 1 MiB
	Durations  [ResponseRead + 1]time.Duration // how long each stage took
	Reused     bool                            // a connection that was there already carried it
	Shared     bool                            // it also carries the questions to other printers
}

// retryAfter reads a Retry-After header: seconds, or a date that is compared with now. 0: there is none, or it has passed.
// Source: RFC 9110 §10.2.3.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" { // as in nearly every answer: trying to read it costs more than all else
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
