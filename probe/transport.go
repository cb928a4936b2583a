package probe

import (
	"crypto/tls"
	"net/http"
	"time"
)

// NewTransport makes the connections that all targets with the same settings share. Redirects are not its business, and
// nobody else follows them: the headers would travel along.
func NewTransport(s Settings) *http.Transport {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		secure = s.TLS.Clone()
	}
	secure.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	t := &http.Transport{
		Proxy:                  s.Proxy,
		ProxyConnectHeader:     s.ProxyHeader,
		TLSClientConfig:        secure,
		Protocols:              new(http.Protocols),
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        5 * time.Minute, // longer than most intervals: a handshake a probe is what costs
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // an answer is about 900 bytes
		// Without pings a connection that died silently is used again and again.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(true)
	return t
}
