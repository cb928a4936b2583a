package config

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	common "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v4"
)

// proxyPart has an empty key for no proxy.
type proxyPart struct {
	key    string
	proxy  func(*http.Request) (*url.URL, error)
	header http.Header
}

// proxy reads the keys of a proxy.
func (b block) proxy() proxyPart {
	var c common.ProxyConfig
	address := ""
	if n := b.value("proxy_url"); n != nil {
		u, problem := parseProxy(n.Value)
		if problem != "" {
			b.mistake("proxy_url", "%s", problem)
			return proxyPart{}
		}
		c.ProxyURL, address = common.URL{URL: u}, n.Value
		b.in.private = b.in.private || u.User != nil
	}
	if n := b.value("no_proxy"); n != nil {
		c.NoProxy = n.Value
	}
	c.ProxyFromEnvironment = b.truth("proxy_from_environment", false)
	header, headerKey := b.proxyHeader()
	if b.proxyConflict(c.ProxyFromEnvironment) || address == "" && !c.ProxyFromEnvironment {
		return proxyPart{}
	}
	key := fingerprint(address, c.NoProxy, map[bool]string{true: "environment"}[c.ProxyFromEnvironment], headerKey)
	return proxyPart{key, c.Proxy(), header}
}

// proxyConflict records keys that do not go together, and reports whether there are any.
func (b block) proxyConflict(fromEnvironment bool) bool {
	for _, name := range []string{"proxy_url", "no_proxy"} {
		if fromEnvironment && b.has(name) {
			b.mistake(name, "stands beside proxy_from_environment; write one of them")
			return true
		}
	}
	for _, name := range []string{"no_proxy", "proxy_connect_header"} {
		if b.has(name) && !b.has("proxy_url") && !fromEnvironment {
			b.mistake(name, "needs proxy_url beside it")
			return true
		}
	}
	return false
}

func parseProxy(text string) (u *url.URL, problem string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || !strings.Contains(text, "://"):
		return nil, "is not a URL; write it as http://host:port"
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme):
		return nil, "must begin with http://, https://, socks5:// or socks5h://"
	case u.Hostname() == "":
		return nil, "has no host"
	case !validPort(u):
		return nil, "has a port that is not one, 1 to 65535"
	}
	return u, ""
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// proxyHeader gives the headers for the proxy, and a text that is equal for equal ones.
func (b block) proxyHeader() (header http.Header, key string) {
	const name = "proxy_connect_header"
	n := b.value(name)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, ""
	}
	config := common.ProxyHeader{}
	path := b.pathOf(name)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, values := n.Content[i], resolve(n.Content[i+1])
		switch {
		case name.Kind != yaml.ScalarNode || !headerName.MatchString(name.Value):
			b.in.mistake(name, path, "a header's name must be letters, digits and dashes")
		case values.Kind != yaml.SequenceNode:
			b.in.mistake(name, path, "wants a list of values for each header, even for one")
		default:
			config[http.CanonicalHeaderKey(name.Value)] = b.in.headerValues(values, path)
		}
	}
	b.in.private = true
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(config)) {
		texts = append(texts, name)
		for _, value := range config[name] {
			texts = append(texts, string(value))
		}
	}
	return config.HTTPHeader(), fingerprint(texts...)
}

func (d *document) headerValues(list *yaml.Node, path string) []common.Secret {
	var values []common.Secret
	for _, item := range list.Content {
		item = resolve(item)
		switch {
		case !d.isText(item, path):
		case strings.ContainsFunc(item.Value, func(r rune) bool { return r < ' ' || r > '~' }):
			d.mistake(item, path, "a value holds a line break or another character that a header cannot carry")
		default:
			values = append(values, common.Secret(item.Value))
		}
	}
	return values
}
