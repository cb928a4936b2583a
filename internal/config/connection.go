package config

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"

	common "github.com/prometheus/common/config"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// connection is how connections are made. A printer overrides each part as a whole.
type connection struct {
	tls   tlsPart
	proxy proxyPart
	ip    probe.IPPreference
}

// tlsPart are TLS settings. The key is "" for the defaults.
type tlsPart struct {
	key    string
	config *tls.Config
}

func (c connection) settings() probe.Settings {
	if c.tls.key == "" && c.proxy.key == "" && c.ip == (probe.IPPreference{}) {
		return probe.Settings{}
	}
	return probe.Settings{
		Key: fingerprint(c.tls.key, c.proxy.key, c.ip), IP: c.ip,
		TLS: c.tls.config, Proxy: c.proxy.proxy, ProxyHeader: headerFunc(c.proxy.header),
	}
}

// connection returns defaults with what m sets.
func (l *loader) connection(m strictyaml.Mapping, defaults connection) connection {
	if inner, ok := m.Inner(keyTLSConfig); ok {
		defaults.tls = l.tls(inner)
	}
	if slices.ContainsFunc(proxyKeys, func(k strictyaml.Key) bool { return m.Has(k.Name) }) {
		defaults.proxy = l.proxy(m)
	}
	defaults.ip = ipPreference(m, defaults.ip)
	return defaults
}

// ipPreference returns defaults with what m sets.
func ipPreference(m strictyaml.Mapping, defaults probe.IPPreference) probe.IPPreference {
	if n := m.Value(keyPreferredIPProtocol); n != nil {
		if n.Value != probe.IP4 && n.Value != probe.IP6 {
			m.Errorf(keyPreferredIPProtocol, "must be %s or %s", probe.IP4, probe.IP6)
			return defaults
		}
		defaults.Protocol = n.Value
	}
	defaults.NoFallback = !m.Bool(keyIPProtocolFallback, !defaults.NoFallback)
	if m.Has(keyIPProtocolFallback) && defaults.Protocol == "" && !m.Has(keyPreferredIPProtocol) {
		m.Errorf(keyIPProtocolFallback, "requires %s", keyPreferredIPProtocol)
	}
	return defaults
}

// tls reads tls_config and its files. The files are read once, so the settings in use are those of the key until a reload.
func (l *loader) tls(m strictyaml.Mapping) tlsPart {
	var c common.TLSConfig
	ca, hasCA := l.rawValue(m, "ca")
	if problem := CAProblem(ca.text); hasCA && problem != "" {
		ca.errorf(m, "%s", problem)
		return tlsPart{}
	}
	c.CA = ca.text
	cert, key, ok := l.clientCertificate(m)
	if !ok {
		return tlsPart{}
	}
	c.Cert, c.Key = cert, common.Secret(key)
	if n := m.Value("server_name"); n != nil {
		c.ServerName = n.Value
		l.warnOfVariable(m.Doc, n, m.PathOf("server_name"))
	}
	if c.InsecureSkipVerify = m.Bool("insecure_skip_verify", false); c.InsecureSkipVerify {
		l.warn(skipVerify, m.Path)
	}
	c.MinVersion, c.MaxVersion = tlsVersion(m, "min_version"), tlsVersion(m, "max_version")
	if c.MinVersion != 0 && c.MaxVersion != 0 && c.MinVersion > c.MaxVersion {
		m.Errorf("max_version", "is lower than min_version")
		return tlsPart{}
	}
	if c == (common.TLSConfig{}) {
		return tlsPart{}
	}
	if _, ok := l.tlsConfigs[c]; !ok {
		config, err := common.NewTLSConfig(&c)
		if err != nil { // everything it rejects has been checked; its message may contain a path
			m.Doc.Errorf(m.Node, m.Path, "cannot be used")
			return tlsPart{}
		}
		l.tlsConfigs[c] = config
	}
	return tlsPart{fingerprint(c), l.tlsConfigs[c]}
}

// clientCertificate returns the client's certificate and key, both "" if they are not set. ok is false after an error.
func (l *loader) clientCertificate(m strictyaml.Mapping) (cert, key string, ok bool) {
	hasCert, hasKey := m.Has("cert") || m.Has("cert_file"), m.Has("key") || m.Has("key_file")
	switch {
	case !hasCert && !hasKey:
		return "", "", true
	case !hasKey:
		m.Missing("key", "is missing; a client certificate needs key or key_file")
		return "", "", false
	case !hasCert:
		m.Missing("cert", "is missing; a client key needs cert or cert_file")
		return "", "", false
	}
	c, certOK := l.rawValue(m, "cert")
	k, keyOK := l.rawValue(m, "key")
	if !certOK || !keyOK {
		return "", "", false
	}
	certProblem, keyProblem := PEMProblem(c.text), PEMProblem(k.text)
	switch {
	case certProblem != "":
		c.errorf(m, "%s", certProblem)
	case keyProblem != "":
		k.errorf(m, "%s", keyProblem)
	}
	if certProblem != "" || keyProblem != "" {
		return "", "", false
	}
	if _, err := tls.X509KeyPair([]byte(c.text), []byte(k.text)); err != nil { // its message may quote the files
		c.errorf(m, "and the key do not match; both must be PEM, and the key must belong to the certificate")
		return "", "", false
	}
	return c.text, k.text, true
}

func tlsVersion(m strictyaml.Mapping, key string) common.TLSVersion {
	n := m.Value(key)
	if n == nil {
		return 0
	}
	version, ok := common.TLSVersions[n.Value]
	if !ok {
		m.Errorf(key, "is not a TLS version; use one of %s", strings.Join(tlsVersions, ", "))
	}
	return version
}

// headerFunc hides a header from fmt, which does not look into functions.
func headerFunc(h http.Header) func() http.Header {
	if h == nil {
		return nil
	}
	return func() http.Header { return h }
}
