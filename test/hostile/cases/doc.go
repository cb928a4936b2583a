// Package hostile is a relay that means harm: it answers slowly, without end, with bombs and floods, with what is no HTTP
// and no TLS, and with bodies that are nearly right. Each [Case] is one way of doing so, and says which verdicts of the
// table of faults are right for it. A [Relay] plays one case on a real socket, on loopback only.
//
// It writes HTTP/1.1 and HTTP/2 (RFC 9112, RFC 9113) byte by byte: a server that is well kept cannot be made to do what
// these do.
package cases
