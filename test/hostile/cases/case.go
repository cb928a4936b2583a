package cases

import (
	"crypto/tls"
	"slices"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator/certificate"
)

// Protocol is a set of protocols.
type Protocol uint8

// The protocols.
const (
	HTTP1 Protocol = 1 << iota // HTTP/1.1 over TLS
	HTTP2                      // HTTP/2 over TLS
	Proxy                      // an HTTP proxy that breaks the tunnel
	Both  = HTTP1 | HTTP2
)

var protocolNames = map[Protocol]string{HTTP1: "HTTP/1.1", HTTP2: "HTTP/2", Proxy: "proxy", Both: "both"}

// String returns the name of p.
func (p Protocol) String() string { return protocolNames[p] }

// Split returns the protocols in p.
func (p Protocol) Split() []Protocol {
	return slices.DeleteFunc([]Protocol{HTTP1, HTTP2, Proxy}, func(one Protocol) bool { return p&one == 0 })
}

// Case is one behavior of a hostile server.
type Case struct {
	Name        string // in kebab case
	Description string // what the server does, in plain words
	Protocols   Protocol

	// EndsAtTimeout: the exchange lasts until the client gives up. Otherwise it ends by itself.
	EndsAtTimeout bool
	// Contained: only the response to one request is affected. Other requests on the same connection succeed.
	Contained bool
	// Requests is the number of requests that it takes to see the whole case; 0 is one.
	Requests int

	expected         func(n int) []fault.Fault
	certOptions      func() certificate.Options // nil: a valid certificate
	unknownAuthority bool                       // the client does not trust the certificate's authority
	configureTLS     func(*tls.Config)
	beforeTLS        func(*exchange)  // replaces TLS; nil: TLS
	startHTTP2       func(*http2Conn) // starts an HTTP/2 connection; nil: with valid SETTINGS
	respond          func(*exchange)  // responds to a request; nil: healthy
	respondShared    func(*exchange)  // responds to all requests for another host than the HTTP/2 connection's first
	maxStreams       int              // of an HTTP/2 connection, in SETTINGS and enforced; 0: 64, not enforced
}

// Expected returns the correct verdicts of request n, counted from 0, if it is `status`. The zero value is a success.
func (c Case) Expected(n int) []fault.Fault { return c.expected(n) }

// AllowsSuccess reports whether a success is a correct verdict of request n.
func (c Case) AllowsSuccess(n int) bool { return slices.ContainsFunc(c.expected(n), fault.Fault.None) }

// Reasons returns the reasons of all correct verdicts, "" for a success.
func (c Case) Reasons() (reasons []string) {
	for n := range max(1, c.Requests) {
		for _, f := range c.expected(n) {
			if !slices.Contains(reasons, f.Reason) {
				reasons = append(reasons, f.Reason)
			}
		}
	}
	return reasons
}

// Group is a kind of cases.
type Group struct {
	Name  string
	Cases []Case
}

// Groups returns all cases by their kind, nearest layer first.
func Groups() []Group {
	return []Group{
		{"HTTP proxies that break the tunnel", proxyCases()},
		{"TLS: handshakes and certificates", tlsCases()},
		{"HTTP/2: streams and connections that end", onHTTP2(resetCases())},
		{"HTTP/2: floods of frames", onHTTP2(floodCases())},
		{"HTTP/2: frames that violate RFC 9113", onHTTP2(ruleCases())},
		{"HTTP/2: settings", onHTTP2(settingsCases())},
		{"HTTP/2: shared connections", sharingCases()},
		{"HTTP status", statusCases()},
		{"HTTP headers", headerCases()},
		{"length of the body", lengthCases()},
		{"redirects", redirectCases()},
		{"slow, endless and truncated bodies", flowCases()},
		{"content coding, decompression bombs", codingCases()},
		{"chunked coding", chunkedCases()},
		{"almost valid JSON and envelopes", envelopeCases()},
		{"valid responses with impossible values", valueCases()},
	}
}

// All returns the cases of all groups.
func All() (all []Case) {
	for _, g := range Groups() {
		all = append(all, g.Cases...)
	}
	return all
}

// expect returns the same verdicts for every request.
func expect(verdicts ...fault.Fault) func(int) []fault.Fault {
	return func(int) []fault.Fault { return verdicts }
}

var (
	success      = expect(fault.Fault{})
	brokenAnswer = expect(fault.BrokenAnswer)
	noAnswer     = expect(fault.NoAnswer)
)
