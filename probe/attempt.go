package probe

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Phase is a part of an exchange.
type Phase uint8

// The phases, in their order. An exchange on a connection that is there already begins with Waiting.
const (
	Resolving    Phase = iota + 1 // DNS
	Connecting                    // TCP, and the proxy if there is one
	Handshaking                   // TLS
	Waiting                       // the request is sent, no response has begun
	Receiving                     // the header has been read, the body not completely
	ResponseRead                  // the response has been read completely
)

var phaseNames = [...]string{
	Resolving: "resolve", Connecting: "connect", Handshaking: "tls", Waiting: "wait", Receiving: "read", ResponseRead: "answered",
}

// String is the phase's name in debug output and in the label `phase`.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return ""
}

// Attempt is what happened on the wire when a request was sent, without an opinion about it and without anything secret in
// it but the body.
type Attempt struct {
	Phase       Phase                           // the one in which it ended
	ErrorKind   ErrorKind                       // why it ended before ResponseRead
	HTTPStatus  int                             // 0: no header was read
	HTTPVersion [2]uint8                        // major and minor; zero: no header was read
	IPProtocol  uint8                           // of the connection that carried the request, 4 or 6; 0: none did
	ProxyStatus int                             // by which a proxy refused to connect (RFC 9110 §9.3.6); 0: none did
	Headers     Headers                         // not in a Result
	Body        []byte                          // with HTTP status 200 at most 1 MiB, the beginning of what MayBeBlockPage, else none; not in a Result
	Durations   [ResponseRead + 1]time.Duration // how long each phase took
	Reused      bool                            // the connection was there already
	Shared      bool                            // the connection also carries requests to other printers
}

// Headers are the headers of a response that are judged, as they came.
type Headers struct {
	RetryAfter  string // Retry-After
	Server      string // Server
	CFMitigated string // Cf-Mitigated
}

// Exchange is a request to be sent.
type Exchange struct {
	Request *http.Request // is not changed
	// Judge reports whether the response is the API's. It is called for each attempt that may be the result, last for the
	// one that is. The attempt's body is valid during the call only.
	Judge func(Attempt) (fromAPI bool)
	Phase func(Phase) // is called when a phase begins, by several goroutines; may be nil
}

// Sender sends a request, and returns at the latest when ctx ends. Package transport has the one for the network.
type Sender interface {
	Send(ctx context.Context, x Exchange) Attempt
}

// ErrorKind says why an exchange ended early, in words from a list. Errors themselves are never kept: they name hosts, and a
// printer's host is a credential.
type ErrorKind string

// The kinds of errors.
const (
	TimedOut         ErrorKind = "timed out"
	Canceled         ErrorKind = "canceled"
	NoSuchName       ErrorKind = "no such name"
	NameServer       ErrorKind = "name server failed"
	ConnRefused      ErrorKind = "connection refused"
	ConnReset        ErrorKind = "connection reset"
	Unreachable      ErrorKind = "network unreachable"
	CutOff           ErrorKind = "cut off"
	TooLarge         ErrorKind = "too large"
	CertExpired      ErrorKind = "certificate has expired or is not yet valid"
	CertName         ErrorKind = "certificate is for another name"
	CertAuthority    ErrorKind = "certificate is of an unknown authority"
	CertInvalid      ErrorKind = "certificate is invalid"
	NotTLS           ErrorKind = "not TLS"
	TLSAlert         ErrorKind = "refused by TLS alert"
	ProxyRefused     ErrorKind = "refused by the proxy"
	OutOfDescriptors ErrorKind = "out of file descriptors"
	OtherError       ErrorKind = "other"
)

// parseRetryAfter reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date that is compared with now. 0: there is
// none, or the date has passed.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if s, err := strconv.ParseUint(header, 10, 31); err == nil || errors.Is(err, strconv.ErrRange) { // s is then the largest
		return time.Duration(s) * time.Second
	}
	for _, layout := range []string{time.RFC1123, time.RFC850, time.ANSIC} {
		if at, err := time.Parse(layout, header); err == nil {
			return max(0, at.Sub(now))
		}
	}
	return 0
}
