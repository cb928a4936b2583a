package cases

import (
	"crypto/tls"
	"time"
)

// sharingCases are edges where connections that printers share behave differently from dedicated ones (RFC 9113 §9.1.1).
// A client that retries on a dedicated connection sees healthy printers.
func sharingCases() []Case {
	slowHealthy := func(v *exchange) {
		if v.wait(20 * time.Millisecond) {
			v.respondHealthy()
		}
	}
	cases := []Case{
		{
			Name: "misdirected-on-shared", Description: "421 for every host except the first on a connection", Protocols: HTTP2,
			respondShared: respondBody("421", ""),
		},
		{
			Name: "not-the-api-on-shared", Description: "a login page for every host except the first on a connection", Protocols: HTTP2,
			respondShared: respondBody("200", "<!doctype html><title>Sign in</title>"),
		},
		{
			Name: "one-stream", Description: "SETTINGS allow one stream, others are refused", Protocols: HTTP2,
			maxStreams: 1, respond: slowHealthy,
		},
		{
			Name: "ten-streams", Description: "SETTINGS allow ten streams, others are refused", Protocols: HTTP2,
			maxStreams: 10, respond: slowHealthy,
		},
		{
			Name: "http-1.1-only", Description: "the edge does not negotiate HTTP/2", Protocols: Both,
			configureTLS: func(c *tls.Config) { c.NextProtos = []string{alpn[HTTP1]} },
		},
	}
	for i := range cases {
		cases[i].Contained, cases[i].expected = true, success
	}
	return cases
}
