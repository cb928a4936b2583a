package probe

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// Edge is where connections to printers end: the service's host, or the domain that the hosts of printers share.
type Edge struct {
	Name      string     // the label `edge`: never a printer's own name
	Endpoints []Endpoint // one per distinct connection setting of its targets
}

// Endpoint is a host of an edge and how it is connected to.
type Endpoint struct {
	Address Secret             // host and port; those of a printer are a credential
	TLS     func() *tls.Config // nil: plain HTTP. A function, as in Address
	IP      IPPreference       // which addresses are connected to
}

// Format shows an edge by its name only.
func (e Edge) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, e.Name) }

// Format shows nothing.
func (Endpoint) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, redacted) }

// EdgeStatus is what the last new connections to an edge have shown.
type EdgeStatus struct {
	Name    string
	At      time.Time   // when it was last checked; zero: never
	Since   time.Time   // since when Fault is what it is
	Fault   fault.Fault // none: the edge is up
	Attempt Attempt     // the connection that was made, or the first one that failed
	Expiry  time.Time   // of the certificate that expires first; zero where none was shown
}

// Known reports whether the edge was ever checked.
func (s EdgeStatus) Known() bool { return !s.At.IsZero() }

// Up reports whether a connection was made.
func (s EdgeStatus) Up() bool { return s.Known() && s.Fault.None() }

// Next is the status after connections to all endpoints were tried at a time. The edge is up if one was made: that another
// setting fails, a wrong CA for instance, is no fault of the edge.
func (s EdgeStatus) Next(at time.Time, attempts []Attempt, expiry time.Time) EdgeStatus {
	next := EdgeStatus{Name: s.Name, At: at, Since: s.Since, Expiry: expiry}
	if i := slices.IndexFunc(attempts, func(a Attempt) bool { return a.Phase == ResponseRead }); i >= 0 {
		next.Attempt = attempts[i]
	} else if len(attempts) > 0 {
		next.Attempt = attempts[0]
		next.Fault = judgeWire(attempts[0])
	}
	if !s.Known() || !s.Fault.Same(next.Fault) {
		next.Since = at
	}
	return next
}

// EdgesOf returns the edges of the targets that are probed, sorted by name. Targets behind a proxy have none: there the proxy
// makes the connection.
func EdgesOf(targets []Target) []Edge {
	targets = slices.DeleteFunc(slices.Clone(targets), func(t Target) bool { return t.Disabled })
	found := map[string]*Edge{}
	seen := map[[2]string]bool{}
	add := func(u *url.URL, name string, s Settings) {
		port := cmp.Or(u.Port(), defaultPorts[u.Scheme])
		if port != defaultPorts[u.Scheme] {
			name = net.JoinHostPort(name, port)
		}
		setting := [2]string{name, s.Key}
		if s.Proxy != nil || seen[setting] {
			return
		}
		seen[setting] = true
		e, ok := found[name]
		if !ok {
			e = &Edge{Name: name}
			found[name] = e
		}
		endpoint := Endpoint{Address: NewSecret(net.JoinHostPort(u.Hostname(), port)), IP: s.IP}
		if u.Scheme == "https" {
			endpoint.TLS = func() *tls.Config { return edgeTLS(s.TLS, u.Hostname()) }
		}
		e.Endpoints = append(e.Endpoints, endpoint)
	}
	for _, t := range targets {
		add(t.Service.url(), t.Service.url().Hostname(), t.Settings)
	}
	for _, t := range targets {
		add(t.Address.url(), parentDomain(t.Address.url().Hostname()), t.Settings)
	}
	edges := make([]Edge, 0, len(found))
	for _, e := range found {
		edges = append(edges, *e)
	}
	slices.SortFunc(edges, func(a, b Edge) int { return strings.Compare(a.Name, b.Name) })
	return edges
}

var defaultPorts = map[string]string{"https": "443", "http": "80"}

// edgeTLS is how a connection to host is secured under a setting; nil: the defaults.
func edgeTLS(setting *tls.Config, host string) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if setting != nil {
		config = setting.Clone()
	}
	config.ServerName = cmp.Or(config.ServerName, host)
	config.NextProtos = []string{"h2", "http/1.1"}
	return config
}

// edge returns the name of the edge that the target belongs to, "" where a proxy makes the connections.
func (t Target) edge() string {
	if t.Settings.Proxy != nil || t.Address.Empty() {
		return ""
	}
	return EdgeName(t.Address.url())
}

// usesTLS reports whether requests to the target are encrypted.
func (t Target) usesTLS() bool { return !t.Address.Empty() && t.Address.url().Scheme == "https" }

// EdgeName is the name of the edge that the URL of a printer belongs to.
func EdgeName(u *url.URL) string {
	name := parentDomain(u.Hostname())
	if port := u.Port(); port != "" && port != defaultPorts[u.Scheme] {
		return net.JoinHostPort(name, port)
	}
	return name
}

// parentDomain is a host's name without its first label, which identifies the printer; of a name with one label that is the
// root. Neither an IP address nor localhost identifies a printer.
func parentDomain(host string) string {
	if net.ParseIP(host) != nil || host == "localhost" {
		return host
	}
	_, parent, _ := strings.Cut(strings.TrimSuffix(host, "."), ".")
	return cmp.Or(parent, ".")
}
