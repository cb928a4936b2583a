package cases

import (
	"crypto/tls"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator/certificate"
)

// raw is the connection of a case that is played before HTTP, or on HTTP/1.1.
func (v *exchange) rawConn() *rawConn { return v.responseWriter.(*rawConn) }

// afterConnect plays what follows when a proxy was asked for a tunnel.
func afterConnect(act func(*exchange)) func(*exchange) {
	return func(v *exchange) {
		if _, ok := v.rawConn().readRequest(); ok {
			act(v)
		}
	}
}

func respondToConnect(text string) func(*exchange) {
	return afterConnect(func(v *exchange) { v.rawConn().writeString(text) })
}

// proxyCases are what a proxy can do to a tunnel.
func proxyCases() []Case {
	cases := []Case{
		{
			Name: "proxy-hangs", Description: "the proxy takes CONNECT and never answers", EndsAtTimeout: true,
			beforeTLS: afterConnect((*exchange).waitForClient),
		},
		{
			Name: "proxy-garbage", Description: "the proxy's answer to CONNECT is not HTTP",
			beforeTLS: respondToConnect("\x00\x01\x02\xff garbage\r\n\r\n"),
		},
		{
			Name: "proxy-endless-header", Description: "the proxy's answer to CONNECT has a header without end",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 200 OK\r\nx: ")
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			}),
		},
		{
			Name: "proxy-wants-a-password", Description: "the proxy answers CONNECT with 407 and a page without end",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: basic\r\n\r\n")
				v.writeEndlessly(v.writeBody, repeatToChunk("<p>"))
			}),
		},
		{
			Name: "proxy-redirects", Description: "the proxy answers CONNECT with a redirect to another proxy",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 302 Found\r\nlocation: http://" + v.server.redirectTarget.Addr().String() + "/\r\ncontent-length: 0\r\n\r\n")
			}),
		},
		{
			Name: "proxy-closes", Description: "the proxy closes when it is asked for a tunnel",
			beforeTLS: afterConnect((*exchange).reset),
		},
	}
	for i := range cases {
		cases[i].expected = expect(fault.ConnectFailed)
	}
	tunnels := []Case{
		{
			Name: "proxy-tunnel-hangs", Description: "the proxy opens a tunnel through which nothing comes", EndsAtTimeout: true,
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 200 OK\r\n\r\n")
				v.waitForClient()
			}),
		},
		{
			Name: "proxy-answers-itself", Description: "the proxy opens a tunnel and answers in plain text in place of the edge",
			beforeTLS: respondToConnect("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
		},
	}
	for i := range tunnels {
		tunnels[i].expected = expect(fault.TLSFailed)
	}
	cases = append(cases, tunnels...)
	for i := range cases {
		cases[i].Protocols = Proxy
	}
	return cases
}

// loopback is a wish for a certificate that is valid here.
func validCertificate() certificate.Options {
	return certificate.Options{DNSNames: []string{"localhost", "*." + Domain}, IPs: certificate.LoopbackIPs()}
}

// record is a TLS record (RFC 8446 §5.1).
func tlsRecord(kind byte, payload string) string {
	return string([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

// Kinds of TLS records.
const (
	alertRecord     = 21
	handshakeRecord = 22
)

// onHello plays what follows the first bytes of a handshake.
func afterClientHello(act func(*exchange)) func(*exchange) {
	return func(v *exchange) {
		if _, err := v.rawConn().in.ReadByte(); err == nil {
			act(v)
		}
	}
}

func respondToClientHello(text string) func(*exchange) {
	return afterClientHello(func(v *exchange) {
		v.rawConn().writeString(text)
		_, _ = v.rawConn().in.Discard(v.rawConn().in.Buffered()) // closing with unread bytes would take the answer back
	})
}

// tlsCases are what can be wrong with TLS.
func tlsCases() []Case {
	cases := []Case{
		{
			Name: "tls-hangs", Description: "TCP connects, the TLS handshake is never answered", EndsAtTimeout: true,
			beforeTLS: (*exchange).waitForClient,
		},
		{
			Name: "tls-drips", Description: "the TLS handshake comes a byte at a time", EndsAtTimeout: true,
			beforeTLS: afterClientHello(func(v *exchange) {
				v.writeSlowly(v.writeBody, []byte(tlsRecord(handshakeRecord, "\x02\x00\x20\x00\x03\x03"+strings.Repeat("x", 8<<10))), 50*time.Millisecond)
			}),
		},
		{
			Name: "tls-plain-http", Description: "the TLS port speaks plain HTTP",
			beforeTLS: respondToClientHello("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
		},
		{
			Name: "tls-garbage", Description: "the TLS handshake is answered with noise",
			beforeTLS: respondToClientHello(strings.Repeat("\x00\xde\xad\xbe\xef", 200)),
		},
		{
			Name: "tls-alert", Description: "the TLS handshake is refused by an alert",
			beforeTLS: respondToClientHello(tlsRecord(alertRecord, "\x02\x28")),
		},
		{
			Name: "tls-reset", Description: "the connection is reset in the handshake",
			beforeTLS: afterClientHello((*exchange).reset),
		},
		{
			Name: "tls-warnings", Description: "the TLS handshake is answered with warnings without end",
			beforeTLS: afterClientHello(func(v *exchange) { v.writeEndlessly(v.writeBody, repeatToChunk(tlsRecord(alertRecord, "\x01\x5a"))) }),
		},
		{
			Name: "tls-huge-message", Description: "a handshake message announces 16 MiB and begins to come",
			beforeTLS: afterClientHello(func(v *exchange) {
				v.rawConn().writeString(tlsRecord(handshakeRecord, "\x02\xff\xff\xff"))
				v.writeEndlessly(v.writeBody, repeatToChunk(tlsRecord(handshakeRecord, strings.Repeat("x", 8<<10))))
			}),
		},
		{
			Name: "tls-1.1", Description: "the edge speaks no newer TLS than 1.1",
			configureTLS: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
		},
		{
			Name: "certificate-wrong-name", Description: "the certificate is for another name",
			certOptions: func() certificate.Options { return certificate.Options{DNSNames: []string{"example.org"}} },
		},
		{
			Name: "certificate-expired", Description: "the certificate expired an hour ago",
			certOptions: func() certificate.Options {
				w := validCertificate()
				w.NotBefore, w.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour)
				return w
			},
		},
		{
			Name: "certificate-not-yet-valid", Description: "the certificate is valid from tomorrow on",
			certOptions: func() certificate.Options {
				w := validCertificate()
				w.NotBefore, w.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
				return w
			},
		},
		{
			Name: "certificate-unknown-authority", Description: "nobody vouches for the certificate", unknownAuthority: true,
		},
		{
			Name: "certificate-chain-without-end", Description: "the certificate comes with 10,000 others",
			configureTLS: func(c *tls.Config) {
				chain := &c.Certificates[0]
				for range 10_000 {
					chain.Certificate = append(chain.Certificate, chain.Certificate[0])
				}
			},
		},
	}
	for i := range cases {
		cases[i].Protocols, cases[i].expected = Both, expect(fault.TLSFailed)
	}
	return cases
}
