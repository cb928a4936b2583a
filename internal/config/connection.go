package config

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"

	common "github.com/prometheus/common/config"

	"octoeverywhere_exporter/probe"
)

// connection is how connections are made: a part for TLS and a part for the proxy. A printer replaces each as a whole.
type connection struct {
	tls   tlsPart
	proxy proxyPart
}

// tlsPart has an empty key for the defaults.
type tlsPart struct {
	key    string
	config *tls.Config
}

func (c connection) settings() probe.Settings {
	if c.tls.key == "" && c.proxy.key == "" {
		return probe.Settings{}
	}
	return probe.Settings{
		Key: fingerprint(c.tls.key, c.proxy.key), TLS: c.tls.config, Proxy: c.proxy.proxy, ProxyHeader: withheld(c.proxy.header),
	}
}

// connection gives the settings of a block. What it does not say itself is as in outer.
func (l *loader) connection(b block, outer connection) connection {
	if inner, ok := b.inner(keyTLS); ok {
		outer.tls = l.tls(inner)
	}
	if slices.ContainsFunc(proxyKeys, func(k key) bool { return b.has(k.name) }) {
		outer.proxy = b.proxy()
	}
	return outer
}

// tls reads the files itself, and once: what is used is what the key stands for, until a reload finds another content.
func (l *loader) tls(b block) tlsPart {
	var c common.TLSConfig
	ca, hasCA := l.given(b, "ca")
	if hasCA && !x509.NewCertPool().AppendCertsFromPEM([]byte(ca.text)) {
		ca.mistake(b, "holds no certificate that can be read; it must be PEM (-----BEGIN CERTIFICATE-----)")
		return tlsPart{}
	}
	c.CA = ca.text
	cert, key, ok := l.clientCertificate(b)
	if !ok {
		return tlsPart{}
	}
	c.Cert, c.Key = cert, common.Secret(key)
	if n := b.value("server_name"); n != nil {
		c.ServerName = n.Value
	}
	if c.InsecureSkipVerify = b.truth("insecure_skip_verify", false); c.InsecureSkipVerify {
		l.warn(skipVerify, b.path)
	}
	c.MinVersion, c.MaxVersion = b.tlsVersion("min_version"), b.tlsVersion("max_version")
	if c.MinVersion != 0 && c.MaxVersion != 0 && c.MinVersion > c.MaxVersion {
		b.mistake("max_version", "is lower than min_version")
		return tlsPart{}
	}
	return l.sharedTLS(b, c)
}

// sharedTLS gives equal settings one and the same configuration.
func (l *loader) sharedTLS(b block, c common.TLSConfig) tlsPart {
	if c == (common.TLSConfig{}) {
		return tlsPart{}
	}
	key := fingerprint(c.CA, c.Cert, string(c.Key), c.ServerName, c.MinVersion.String(), c.MaxVersion.String(),
		map[bool]string{true: "skip"}[c.InsecureSkipVerify])
	if _, ok := l.tlsConfigs[key]; !ok {
		config, err := common.NewTLSConfig(&c)
		if err != nil { // all that it refuses is checked before; its text can hold a path
			b.in.mistake(b.node, b.path, "cannot be used")
			return tlsPart{}
		}
		l.tlsConfigs[key] = config
	}
	return tlsPart{key, l.tlsConfigs[key]}
}

// clientCertificate gives the client's certificate and key, both empty where there are none. ok is false after a mistake.
func (l *loader) clientCertificate(b block) (cert, key string, ok bool) {
	wantsCert, wantsKey := b.has("cert") || b.has("cert_file"), b.has("key") || b.has("key_file")
	switch {
	case !wantsCert && !wantsKey:
		return "", "", true
	case !wantsKey:
		b.missing("key", "is missing; a client certificate needs key or key_file")
		return "", "", false
	case !wantsCert:
		b.missing("cert", "is missing; a client's key needs cert or cert_file")
		return "", "", false
	}
	c, hasCert := l.given(b, "cert")
	k, hasKey := l.given(b, "key")
	if !hasCert || !hasKey {
		return "", "", false
	}
	if _, err := tls.X509KeyPair([]byte(c.text), []byte(k.text)); err != nil { // its text can hold parts of the files
		c.mistake(b, "and the key are no pair; both must be PEM, and the key that of the certificate")
		return "", "", false
	}
	return c.text, k.text, true
}

func (b block) tlsVersion(name string) common.TLSVersion {
	n := b.value(name)
	if n == nil {
		return 0
	}
	version, ok := common.TLSVersions[n.Value]
	if !ok {
		b.mistake(name, "is no version of TLS; write one of %s", strings.Join(tlsVersions, ", "))
	}
	return version
}

// withheld gives h away without showing it.
func withheld(h http.Header) func() http.Header {
	if h == nil {
		return nil
	}
	return func() http.Header { return h }
}
