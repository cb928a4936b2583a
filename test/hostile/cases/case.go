package cases

import (
	"crypto/tls"
	"slices"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator/certificate"
)

// Protocol is what a relay speaks.
type Protocol uint8

// The protocols. They can be added.
const (
	HTTP1 Protocol = 1 << iota // HTTP/1.1 over TLS
	HTTP2                      // HTTP/2 over TLS
	Proxy                      // it is an HTTP proxy, and breaks what passes through it
	Both  = HTTP1 | HTTP2
)

var protocolNames = map[Protocol]string{HTTP1: "HTTP/1.1", HTTP2: "HTTP/2", Proxy: "proxy", Both: "both"}

// String is the protocol's name.
func (p Protocol) String() string { return protocolNames[p] }

// Protocols are the single protocols in p.
func (p Protocol) Split() []Protocol {
	return slices.DeleteFunc([]Protocol{HTTP1, HTTP2, Proxy}, func(one Protocol) bool { return p&one == 0 })
}

// Case is a way of being hostile.
type Case struct {
	Name        string // in kebab case
	Description string // what the relay does, in plain words
	Protocols   Protocol

	// Lasts: it goes on until whoever asks gives up. Else it ends by itself.
	EndsAtTimeout bool
	// Contained: it concerns the answer to one question only. Others on the same connection are to get theirs.
	Contained bool
	// Questions is how many have to be asked to see all of it; 0: one.
	Requests int

	expected         func(n int) []fault.Fault
	certOptions      func() certificate.Options // nil: a sound certificate
	unknownAuthority bool                       // the certificate is of an authority that nobody trusts
	beforeTLS        func(*exchange)            // talks before TLS or in its place; nil: sound TLS
	startHTTP2       func(*http2Conn)           // begins an HTTP/2 connection; nil: in order
	respond          func(*exchange)            // answers a question; nil: well
	configureTLS     func(*tls.Config)
}

// Means gives the verdicts that are right for the n-th question, counted from 0, when it is `status`; the zero value is
// a good answer.
func (c Case) Expected(n int) []fault.Fault { return c.expected(n) }

// MayBeGood reports whether a good answer is right for the n-th question.
func (c Case) AllowsSuccess(n int) bool { return slices.ContainsFunc(c.expected(n), fault.Fault.None) }

// Cases are all cases, nearest layer first.
func All() []Case {
	return slices.Concat(proxyCases(), tlsCases(), frameCases(), headCases(), bodyCases(), envelopeCases(), valueCases())
}

// always are the same verdicts for each question.
func expect(fs ...fault.Fault) func(int) []fault.Fault {
	return func(int) []fault.Fault { return fs }
}

var (
	success      = expect(fault.Fault{})
	brokenAnswer = expect(fault.BrokenAnswer)
	noAnswer     = expect(fault.NoAnswer)
)
