package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// Slips: values that are valid and almost certainly not what was meant. Each says what to do instead.
const (
	portOrPath    warning = "has a port or a path behind octoeverywhere.com, where printers have neither; use https://<id>.octoeverywhere.com alone"
	lanAddress    warning = "is an address on the local network, where OctoEverywhere's API does not exist; use https://<id>.octoeverywhere.com"
	noCredentials warning = "has no credentials; set authorization or basic_auth"
	schemeTwice   warning = "starts with an authentication scheme, which is sent in addition; keep only what follows the word Bearer"
	quoted        warning = "is in quotation marks, which are sent too; remove them"
	assignment    warning = "has the form KEY=value, all of which is sent; keep only the value"
	variable      warning = "contains a variable such as ${NAME}, which is not replaced; write the value, or its file under the key with the suffix _file"
	variableValue warning = "contains a variable such as ${NAME}, which is not replaced; write the value"
)

// isSlip reports whether the occurrences of a kind are listed one by one: each needs a change of its own.
func (w warning) isSlip() bool {
	return slices.Contains([]warning{portOrPath, lanAddress, noCredentials, schemeTwice, quoted, assignment, variable, variableValue}, w)
}

var (
	variableForm   = regexp.MustCompile(`\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|^\$[A-Za-z_][A-Za-z0-9_]*$|^%[A-Za-z_][A-Za-z0-9_]*%$`)
	assignmentForm = regexp.MustCompile(`^(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=[^=]`) // = also ends base64
	schemeForm     = regexp.MustCompile(`(?i)^(?:(?:authorization|apptoken)\s*:|bearer\s)`)
)

// quotePairs are the quotation marks that editors and shells put around a value.
var quotePairs = []string{`""`, "''", "``", "“”", "‘’", "„“", "«»"}

// slipOf returns the slip in a text that was copied from a shell or from another file, "" if there is none.
func slipOf(text string) warning {
	switch {
	case variableForm.MatchString(text):
		return variable
	case assignmentForm.MatchString(text):
		return assignment
	case slices.ContainsFunc(quotePairs, func(pair string) bool {
		first, last := string([]rune(pair)[0]), string([]rune(pair)[1])
		return len(text) >= len(pair) && strings.HasPrefix(text, first) && strings.HasSuffix(text, last)
	}):
		return quoted
	}
	return ""
}

// warnOfVariable warns of a value that contains a variable.
func (l *loader) warnOfVariable(d *strictyaml.Document, n *yaml.Node, path string) {
	if variableForm.MatchString(n.Value) {
		l.warn(variableValue, d.Position(n)+": "+path)
	}
}

// warnOfCredentialSlips warns of a credential that has more in it than the credential. An address with such a slip is invalid.
func (l *loader) warnOfCredentialSlips(m strictyaml.Mapping, v rawValue, key string) {
	slip := slipOf(v.text)
	if slip == "" && (key == "credentials" || key == "app_token") && schemeForm.MatchString(v.text) {
		slip = schemeTwice
	}
	if n := m.Value(v.key); slip != "" && key != "url" && n != nil {
		l.warn(slip, m.Doc.Position(n)+": "+m.PathOf(v.key))
	}
}

// sharedPrefix begins the host of a Shared Connection, which needs no credentials unless its owner has set some.
const sharedPrefix = "shared-"

// warnOfAddressSlips warns of an address that cannot be that of a printer, and of a printer without credentials.
func (l *loader) warnOfAddressSlips(m strictyaml.Mapping, t probe.Target, u *url.URL) {
	node, key := m.Value("url"), "url"
	if node == nil {
		node, key = m.Value("url_file"), "url_file"
	}
	at, host := m.Doc.Position(node)+": "+m.PathOf(key), u.Hostname()
	switch {
	case strings.HasSuffix(host, "."+serviceHost) && (u.Port() != "" || u.Path != ""):
		l.warn(portOrPath, at)
	case isLAN(host):
		l.warn(lanAddress, at)
	}
	if t.Authorization.Empty() && !hasCredentials(m) && !isLoopback(host) && !strings.HasPrefix(host, sharedPrefix) {
		l.warn(noCredentials, m.Doc.Position(m.Node)+": "+m.Path)
	}
}

// hasCredentials reports whether an entry has credentials, valid or not.
func hasCredentials(m strictyaml.Mapping) bool { return m.Has("authorization") || m.Has("basic_auth") }

// lanDomains are the domains of home routers and of multicast DNS (RFC 6762, RFC 8375).
var lanDomains = []string{".local", ".lan", ".home", ".home.arpa", ".localdomain", ".fritz.box"}

// isLAN reports whether a host is on the local network, but not this machine.
func isLAN(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return slices.ContainsFunc(lanDomains, func(domain string) bool { return strings.HasSuffix(strings.TrimSuffix(host, "."), domain) })
}
