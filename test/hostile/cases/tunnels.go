package cases

import (
	"crypto/tls"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator/certificate"
)

// raw is the connection of a case that is played before HTTP, or on HTTP/1.1.
func (v *visit) raw() *raw { return v.way.(*raw) }

// afterConnect plays what follows when a proxy was asked for a tunnel.
func afterConnect(act func(*visit)) func(*visit) {
	return func(v *visit) {
		if _, ok := v.raw().takes(); ok {
			act(v)
		}
	}
}

func connectSays(text string) func(*visit) {
	return afterConnect(func(v *visit) { v.raw().say(text) })
}

// proxyCases are what a proxy can do to a tunnel.
func proxyCases() []Case {
	cases := []Case{
		{
			Name: "proxy-hangs", Story: "the proxy takes CONNECT and never answers", Lasts: true,
			wire: afterConnect((*visit).hold),
		},
		{
			Name: "proxy-garbage", Story: "the proxy's answer to CONNECT is not HTTP",
			wire: connectSays("\x00\x01\x02\xff garbage\r\n\r\n"),
		},
		{
			Name: "proxy-endless-header", Story: "the proxy's answer to CONNECT has a header without end",
			wire: afterConnect(func(v *visit) {
				v.raw().say("HTTP/1.1 200 OK\r\nx: ")
				v.repeat(v.body, fill("x"))
			}),
		},
		{
			Name: "proxy-wants-a-password", Story: "the proxy answers CONNECT with 407 and a page without end",
			wire: afterConnect(func(v *visit) {
				v.raw().say("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: basic\r\n\r\n")
				v.repeat(v.body, fill("<p>"))
			}),
		},
		{
			Name: "proxy-redirects", Story: "the proxy answers CONNECT with a redirect to another proxy",
			wire: afterConnect(func(v *visit) {
				v.raw().say("HTTP/1.1 302 Found\r\nlocation: http://" + v.relay.elsewhere.Addr().String() + "/\r\ncontent-length: 0\r\n\r\n")
			}),
		},
		{
			Name: "proxy-closes", Story: "the proxy closes when it is asked for a tunnel",
			wire: afterConnect((*visit).reset),
		},
	}
	for i := range cases {
		cases[i].means = always(fault.ConnectFailed)
	}
	tunnels := []Case{
		{
			Name: "proxy-tunnel-hangs", Story: "the proxy opens a tunnel through which nothing comes", Lasts: true,
			wire: afterConnect(func(v *visit) {
				v.raw().say("HTTP/1.1 200 OK\r\n\r\n")
				v.hold()
			}),
		},
		{
			Name: "proxy-answers-itself", Story: "the proxy opens a tunnel and answers in plain text in place of the edge",
			wire: connectSays("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
		},
	}
	for i := range tunnels {
		tunnels[i].means = always(fault.TLSFailed)
	}
	cases = append(cases, tunnels...)
	for i := range cases {
		cases[i].On = Proxy
	}
	return cases
}

// loopback is a wish for a certificate that is valid here.
func loopback() certificate.Options {
	return certificate.Options{DNSNames: []string{"localhost", "*." + Domain}, IPs: certificate.LoopbackIPs()}
}

// record is a TLS record (RFC 8446 §5.1).
func record(kind byte, payload string) string {
	return string([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

// Kinds of TLS records.
const (
	alertRecord     = 21
	handshakeRecord = 22
)

// onHello plays what follows the first bytes of a handshake.
func onHello(act func(*visit)) func(*visit) {
	return func(v *visit) {
		if _, err := v.raw().in.ReadByte(); err == nil {
			act(v)
		}
	}
}

func helloSays(text string) func(*visit) {
	return onHello(func(v *visit) {
		v.raw().say(text)
		_, _ = v.raw().in.Discard(v.raw().in.Buffered()) // closing with unread bytes would take the answer back
	})
}

// tlsCases are what can be wrong with TLS.
func tlsCases() []Case {
	cases := []Case{
		{
			Name: "tls-hangs", Story: "TCP connects, the TLS handshake is never answered", Lasts: true,
			wire: (*visit).hold,
		},
		{
			Name: "tls-drips", Story: "the TLS handshake comes a byte at a time", Lasts: true,
			wire: onHello(func(v *visit) {
				v.drip(v.body, []byte(record(handshakeRecord, "\x02\x00\x20\x00\x03\x03"+strings.Repeat("x", 8<<10))), 50*time.Millisecond)
			}),
		},
		{
			Name: "tls-plain-http", Story: "the TLS port speaks plain HTTP",
			wire: helloSays("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
		},
		{
			Name: "tls-garbage", Story: "the TLS handshake is answered with noise",
			wire: helloSays(strings.Repeat("\x00\xde\xad\xbe\xef", 200)),
		},
		{
			Name: "tls-alert", Story: "the TLS handshake is refused by an alert",
			wire: helloSays(record(alertRecord, "\x02\x28")),
		},
		{
			Name: "tls-reset", Story: "the connection is reset in the handshake",
			wire: onHello((*visit).reset),
		},
		{
			Name: "tls-warnings", Story: "the TLS handshake is answered with warnings without end",
			wire: onHello(func(v *visit) { v.repeat(v.body, fill(record(alertRecord, "\x01\x5a"))) }),
		},
		{
			Name: "tls-huge-message", Story: "a handshake message announces 16 MiB and begins to come",
			wire: onHello(func(v *visit) {
				v.raw().say(record(handshakeRecord, "\x02\xff\xff\xff"))
				v.repeat(v.body, fill(record(handshakeRecord, strings.Repeat("x", 8<<10))))
			}),
		},
		{
			Name: "tls-1.1", Story: "the edge speaks no newer TLS than 1.1",
			tls: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
		},
		{
			Name: "certificate-wrong-name", Story: "the certificate is for another name",
			wish: func() certificate.Options { return certificate.Options{DNSNames: []string{"example.org"}} },
		},
		{
			Name: "certificate-expired", Story: "the certificate expired an hour ago",
			wish: func() certificate.Options {
				w := loopback()
				w.NotBefore, w.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour)
				return w
			},
		},
		{
			Name: "certificate-not-yet-valid", Story: "the certificate is valid from tomorrow on",
			wish: func() certificate.Options {
				w := loopback()
				w.NotBefore, w.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
				return w
			},
		},
		{
			Name: "certificate-unknown-authority", Story: "nobody vouches for the certificate", alien: true,
		},
		{
			Name: "certificate-chain-without-end", Story: "the certificate comes with 10,000 others",
			tls: func(c *tls.Config) {
				chain := &c.Certificates[0]
				for range 10_000 {
					chain.Certificate = append(chain.Certificate, chain.Certificate[0])
				}
			},
		},
	}
	for i := range cases {
		cases[i].On, cases[i].means = Both, always(fault.TLSFailed)
	}
	return cases
}
