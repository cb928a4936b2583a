package cases

import (
	"crypto/tls"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator/certificate"
)

// afterConnect runs act after a CONNECT request.
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

// proxyCases are failures of a proxy's tunnel.
func proxyCases() []Case {
	cases := []Case{
		{
			Name: "proxy-hangs", Description: "the proxy does not respond to CONNECT", EndsAtTimeout: true,
			beforeTLS: afterConnect((*exchange).waitForClient),
		},
		{
			Name: "proxy-garbage", Description: "the response to CONNECT is not HTTP",
			beforeTLS: respondToConnect("\x00\x01\x02\xff garbage\r\n\r\n"),
		},
		{
			Name: "proxy-endless-header", Description: "the response to CONNECT has an endless header",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 200 OK\r\nx: ")
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			}),
		},
		{
			Name: "proxy-auth-required", Description: "the proxy responds to CONNECT with 407 and an endless page",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: basic\r\n\r\n")
				v.writeEndlessly(v.writeBody, repeatToChunk("<p>"))
			}),
			expected: expect(fault.FromHTTP(407)),
		},
		{
			Name: "proxy-redirects", Description: "the proxy redirects CONNECT to another proxy",
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 302 Found\r\nlocation: http://" + v.server.redirectTarget.Addr().String() + "/\r\ncontent-length: 0\r\n\r\n")
			}),
		},
		{
			Name: "proxy-closes", Description: "the proxy closes the connection after CONNECT",
			beforeTLS: afterConnect((*exchange).reset),
		},
	}
	for i := range cases {
		if cases[i].expected == nil {
			cases[i].expected = expect(fault.ConnectFailed)
		}
	}
	tunnels := []Case{
		{
			Name: "proxy-tunnel-hangs", Description: "the proxy opens a tunnel, and nothing is received", EndsAtTimeout: true,
			beforeTLS: afterConnect(func(v *exchange) {
				v.rawConn().writeString("HTTP/1.1 200 OK\r\n\r\n")
				v.waitForClient()
			}),
		},
		{
			Name: "proxy-plain-text", Description: "the proxy opens a tunnel, and responds in plain text instead of TLS",
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

// validCertificate returns the options of a certificate that is valid for this server.
func validCertificate() certificate.Options {
	return certificate.Options{DNSNames: []string{"localhost", "*." + Domain}, IPs: certificate.LoopbackIPs()}
}

// tlsRecord encodes a TLS record (RFC 8446 §5.1).
func tlsRecord(kind byte, payload string) string {
	return string([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

// Types of TLS records.
const (
	alertRecord     = 21
	handshakeRecord = 22
)

// afterClientHello runs act after the first byte of a handshake.
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
		_, _ = v.rawConn().in.Discard(v.rawConn().in.Buffered()) // closing with unread bytes would discard the response
	})
}

// tlsCases are defects in TLS.
func tlsCases() []Case {
	cases := []Case{
		{
			Name: "tls-hangs", Description: "TCP connects, the TLS handshake hangs", EndsAtTimeout: true,
			beforeTLS: (*exchange).waitForClient,
		},
		{
			Name: "tls-drips", Description: "the TLS handshake is sent one byte at a time", EndsAtTimeout: true,
			beforeTLS: afterClientHello(func(v *exchange) {
				v.writeSlowly(v.writeBody, []byte(tlsRecord(handshakeRecord, "\x02\x00\x20\x00\x03\x03"+strings.Repeat("x", 8<<10))), 50*time.Millisecond)
			}),
		},
		{
			Name: "tls-plain-http", Description: "the TLS port speaks plain HTTP",
			beforeTLS: respondToClientHello("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
		},
		{
			Name: "tls-garbage", Description: "garbage instead of the TLS handshake",
			beforeTLS: respondToClientHello(strings.Repeat("\x00\xde\xad\xbe\xef", 200)),
		},
		{
			Name: "tls-alert", Description: "the TLS handshake ends with an alert",
			beforeTLS: respondToClientHello(tlsRecord(alertRecord, "\x02\x28")),
		},
		{
			Name: "tls-reset", Description: "the connection is reset during the handshake",
			beforeTLS: afterClientHello((*exchange).reset),
		},
		{
			Name: "tls-warnings", Description: "endless TLS warnings",
			beforeTLS: afterClientHello(func(v *exchange) { v.writeEndlessly(v.writeBody, repeatToChunk(tlsRecord(alertRecord, "\x01\x5a"))) }),
		},
		{
			Name: "tls-huge-message", Description: "a handshake message of 16 MiB",
			beforeTLS: afterClientHello(func(v *exchange) {
				v.rawConn().writeString(tlsRecord(handshakeRecord, "\x02\xff\xff\xff"))
				v.writeEndlessly(v.writeBody, repeatToChunk(tlsRecord(handshakeRecord, strings.Repeat("x", 8<<10))))
			}),
		},
		{
			Name: "tls-1.1", Description: "TLS 1.1 at most",
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
			Name: "certificate-not-yet-valid", Description: "the certificate is valid from tomorrow",
			certOptions: func() certificate.Options {
				w := validCertificate()
				w.NotBefore, w.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
				return w
			},
		},
		{
			Name: "certificate-unknown-authority", Description: "the certificate's authority is unknown", unknownAuthority: true,
		},
		{
			Name: "certificate-chain-huge", Description: "a certificate chain of 10,000 certificates",
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
