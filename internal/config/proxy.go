package config

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	common "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpproxy"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// proxyPart are proxy settings. The key is "" for no proxy.
type proxyPart struct {
	key    string
	proxy  func(*http.Request) (*url.URL, error)
	header http.Header
}

// proxy reads the keys of a proxy.
func (l *loader) proxy(m strictyaml.Mapping) proxyPart {
	var c common.ProxyConfig
	address := ""
	if n := m.Value(keyProxyURL); n != nil {
		u, problem := parseProxyAddress(n.Value)
		if problem != "" {
			m.Errorf(keyProxyURL, "%s", problem)
			return proxyPart{}
		}
		if u.User != nil {
			l.secretFile[m.Doc] = true
		}
		c.ProxyURL, address = common.URL{URL: u}, u.String()
	}
	if n := m.Value(keyNoProxy); n != nil {
		c.NoProxy = n.Value
		l.warnOfVariable(m.Doc, n, m.PathOf(keyNoProxy))
		if strings.Contains(n.Value, "**") {
			m.Errorf(keyNoProxy, "contains **, which matches no host; write .example.com for a domain and all hosts in it")
			return proxyPart{}
		}
	}
	c.ProxyFromEnvironment = m.Bool(keyProxyFromEnvironment, false)
	if c.ProxyFromEnvironment {
		l.warnOfProxyVariables()
	}
	c.ProxyConnectHeader = l.proxyHeader(m)
	if proxyConflict(m, c.ProxyFromEnvironment) || address == "" && (!c.ProxyFromEnvironment || !hasProxyInEnvironment()) {
		return proxyPart{}
	}
	hashed := c
	hashed.ProxyURL = common.URL{} // a pointer; its text is hashed instead
	return proxyPart{fingerprint(address, hashed), c.Proxy(), c.ProxyConnectHeader.HTTPHeader()}
}

// hasProxyInEnvironment reports whether the environment sets a proxy. Without one, printers share connections as they do without
// the key.
func hasProxyInEnvironment() bool {
	c := httpproxy.FromEnvironment()
	return c.HTTPProxy != "" || c.HTTPSProxy != ""
}

// warnOfProxyVariables warns of variables whose value is no address of a proxy. Requests would be sent without a proxy, or fail as if
// the name of a host were wrong.
func (l *loader) warnOfProxyVariables() {
	c := httpproxy.FromEnvironment()
	for _, v := range []struct{ name, value string }{{"HTTPS_PROXY", c.HTTPSProxy}, {"HTTP_PROXY", c.HTTPProxy}} {
		if v.value == "" {
			continue
		}
		text := v.value
		if !strings.Contains(text, "://") { // which is allowed here
			text = "http://" + text
		}
		if _, problem := parseProxyAddress(text); problem != "" {
			l.warn(proxyVariable, v.name)
		}
	}
}

// proxyConflict records keys that exclude or require each other. It reports whether there are any.
func proxyConflict(m strictyaml.Mapping, fromEnvironment bool) bool {
	for _, key := range []string{keyProxyURL, keyNoProxy} {
		if fromEnvironment && m.Has(key) {
			m.Errorf(key, "conflicts with proxy_from_environment; set only one of them")
			return true
		}
	}
	for _, key := range []string{keyNoProxy, keyProxyConnectHeader} {
		if m.Has(key) && !m.Has(keyProxyURL) && !fromEnvironment {
			m.Errorf(key, "requires proxy_url")
			return true
		}
	}
	return false
}

// parseProxyAddress reads the address of a proxy, as parseAddress does.
func parseProxyAddress(text string) (u *url.URL, problem string) {
	if variableForm.MatchString(text) {
		return nil, string(variableValue)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || !strings.Contains(text, "://"):
		return nil, "is not a valid URL; use the form http://host:port"
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme):
		return nil, "must start with http://, https://, socks5:// or socks5h://"
	case u.Hostname() == "":
		return nil, noHost
	case !hasValidPort(u):
		return nil, invalidPort
	case !normalizeHost(u):
		return nil, invalidHost
	}
	return u, ""
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// proxyHeader reads proxy_connect_header.
func (l *loader) proxyHeader(m strictyaml.Mapping) common.ProxyHeader {
	n := m.Value(keyProxyConnectHeader)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	l.secretFile[m.Doc] = true
	header, path := common.ProxyHeader{}, m.PathOf(keyProxyConnectHeader)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, values := n.Content[i], strictyaml.Resolve(n.Content[i+1])
		switch {
		case name.Kind != yaml.ScalarNode || !headerName.MatchString(name.Value):
			m.Doc.Errorf(name, path, "a header name must consist of letters, digits and dashes")
		case values.Kind != yaml.SequenceNode:
			m.Doc.Errorf(name, path, "each header needs a list of values, even for a single value")
		default:
			header[http.CanonicalHeaderKey(name.Value)] = l.headerValues(m.Doc, values, path)
		}
	}
	return header
}

func (l *loader) headerValues(d *strictyaml.Document, list *yaml.Node, path string) []common.Secret {
	var values []common.Secret
	for _, item := range list.Content {
		item = strictyaml.Resolve(item)
		switch {
		case !d.CheckString(item, path):
		case strings.ContainsFunc(item.Value, func(r rune) bool { return r < ' ' || r > '~' }):
			d.Errorf(item, path, "a value contains a line break or another character that is not allowed in a header")
		default:
			l.warnOfVariable(d, item, path)
			values = append(values, common.Secret(item.Value))
		}
	}
	return values
}
