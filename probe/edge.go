package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// EdgeInterval and edgeTimeout are how often each edge is tried, and for how long.
const (
	EdgeInterval = time.Minute
	edgeTimeout  = 10 * time.Second
)

// Edge is a place where connections to printers begin: the service's host, or the domain that printers' hosts share.
type Edge struct {
	Name string // the label `edge`: never a printer's own name

	address Secret // host and port of somebody who lives there; a printer's are a credential
	secure  bool
	tls     *tls.Config
}

// Format shows an edge by its name only: fmt would follow the pointer to what TLS knows.
func (e Edge) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, e.Name) }

// EdgeStatus is what a fresh connection to an edge has shown.
type EdgeStatus struct {
	Name    string
	At      time.Time   // when it was tried; zero: never
	Since   time.Time   // since when the verdict stands
	Fault   fault.Fault // none: the edge is up
	Attempt Attempt     // how long each phase took
	Expiry  time.Time   // of the certificate that expires first; zero where none was seen
}

// Known reports whether the edge was ever tried.
func (s EdgeStatus) Known() bool { return !s.At.IsZero() }

// Up reports whether a connection was made.
func (s EdgeStatus) Up() bool { return s.Known() && s.Fault.None() }

// EdgesOf gives the distinct edges of targets, sorted by name. Targets behind a proxy have none: there it is the proxy
// that makes the connection.
func EdgesOf(targets []Target) []Edge {
	found := map[string]Edge{}
	add := func(u *url.URL, name string, s Settings) {
		host, port := u.Hostname(), u.Port()
		secure := u.Scheme == "https"
		if port != "" && port != map[bool]string{true: "443", false: "80"}[secure] {
			name = net.JoinHostPort(name, port)
		}
		if _, ok := found[name]; ok || s.Proxy != nil {
			return
		}
		port = cmp.Or(port, map[bool]string{true: "443", false: "80"}[secure])
		found[name] = Edge{Name: name, address: NewSecret(net.JoinHostPort(host, port)), secure: secure, tls: s.TLS}
	}
	for _, t := range targets {
		add(t.Service.url(), t.Service.url().Hostname(), t.Settings)
	}
	for _, t := range targets {
		add(t.Address.url(), parentDomain(t.Address.url().Hostname()), t.Settings)
	}
	edges := make([]Edge, 0, len(found))
	for _, e := range found {
		edges = append(edges, e)
	}
	slices.SortFunc(edges, func(a, b Edge) int { return strings.Compare(a.Name, b.Name) })
	return edges
}

// parentDomain is a host's name without its first part, which tells the printer: of one without a dot that leaves the
// root. Neither an IP address nor localhost is a printer's own name.
func parentDomain(host string) string {
	if net.ParseIP(host) != nil || host == "localhost" {
		return host
	}
	_, parent, _ := strings.Cut(strings.TrimSuffix(host, "."), ".")
	return cmp.Or(parent, ".")
}

// Try makes a fresh connection to the edge. A resumed or kept one would show the certificate of days ago. False: ctx
// ended, and nothing is known.
func (e Edge) Try(ctx context.Context, before EdgeStatus) (EdgeStatus, bool) {
	limited, cancel := context.WithTimeout(ctx, edgeTimeout)
	defer cancel()
	var tr tracer
	tr.begin(nil)
	certificates, err := e.connect(httptrace.WithClientTrace(limited, tr.hooks()), &tr)
	a := tr.end(err)
	if ctx.Err() != nil {
		return before, false
	}
	after := EdgeStatus{Name: e.Name, At: time.Now(), Since: before.Since, Attempt: a, Expiry: firstExpiry(certificates)}
	if err != nil {
		after.Fault = judgeWire(a)
	}
	if !before.Known() || !before.Fault.Same(after.Fault) {
		after.Since = after.At
	}
	return after, true
}

// connect makes the connection, ends it, and gives the certificates that were shown, also those that were not good.
func (e Edge) connect(ctx context.Context, tr *tracer) ([]*x509.Certificate, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", e.address.Reveal())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if !e.secure {
		return nil, nil
	}
	tr.reach(Handshaking)
	host, _, err := net.SplitHostPort(e.address.Reveal())
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.tls != nil {
		config = e.tls.Clone()
	}
	config.ServerName = cmp.Or(config.ServerName, host)
	config.NextProtos = []string{"h2", "http/1.1"}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
			return refused.UnverifiedCertificates, err
		}
		return nil, err
	}
	tr.reach(Waiting)
	return client.ConnectionState().PeerCertificates, nil
}

func firstExpiry(certificates []*x509.Certificate) (first time.Time) {
	for _, c := range certificates {
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	return first
}
