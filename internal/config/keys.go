package config

import (
	"maps"
	"slices"
	"strings"

	common "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v4"
)

// kind is what the value of a key must be. It also says whether the value may be shown in a message.
type kind uint8

const (
	word     kind = iota + 1 // a text that may be shown
	secret                   // a text that is never shown
	filePath                 // a file's path, shown if it looks like one
	duration                 // a length of time
	boolean                  // true or false
	mapping                  // a mapping with keys of its own
	labels                   // a mapping of label names to label values
	headers                  // a mapping of header names to lists of values, which are never shown
	entries                  // a list of mappings, each with the same keys
	patterns                 // a list of paths, which may hold the wildcards of path/filepath.Match
)

// scalar reports whether the value is a single text.
func (k kind) scalar() bool { return k <= boolean }

// key is a row of the table of keys: its name, what it must hold, and its line in docs/configuration.md and in
// config.schema.json.
type key struct {
	name string
	kind kind
	keys []key    // of the mappings below it
	of   []string // of a word: what it can be; nil: anything
	must bool     // it, or the key for its file, must be there wherever the mapping is
	def  string   // what holds where it is not written
	doc  string
}

// The names that more than one place in the code needs, and what is built in.
const (
	keyInterval = "interval"
	keyTimeout  = "timeout"
	keyTLS      = "tls_config"
	keyLabels   = "labels"
	keyInsecure = "insecure"

	defaultInterval = "60s"
	defaultTimeout  = "20s"
	defaultService  = "https://" + ownHost
)

var tlsVersions = slices.Sorted(maps.Keys(common.TLSVersions))

var tlsKeys = []key{
	{name: "ca", kind: secret, doc: "PEM text of the certificates of the authorities that are believed, in place of the system's."},
	{name: "ca_file", kind: filePath, doc: "The same from a file."},
	{name: "cert", kind: secret, doc: "PEM text of the client's certificate. Needs a key."},
	{name: "cert_file", kind: filePath, doc: "The same from a file."},
	{name: "key", kind: secret, doc: "PEM text of the client's private key. Needs a certificate."},
	{name: "key_file", kind: filePath, doc: "The same from a file."},
	{name: "server_name", kind: secret, doc: "The name that the server's certificate must bear, in place of the address's host."},
	{name: "insecure_skip_verify", kind: boolean, def: "false", doc: "Believe any certificate. Whoever is on the way can then read the credentials."},
	{name: "min_version", kind: word, of: tlsVersions, def: "TLS12", doc: "The lowest version of TLS: `TLS10`, `TLS11`, `TLS12` or `TLS13`."},
	{name: "max_version", kind: word, of: tlsVersions, doc: "The highest version of TLS."},
}

var proxyKeys = []key{
	{name: "proxy_url", kind: secret, doc: "The proxy for all connections: `http`, `https`, `socks5` or `socks5h`, with credentials if it needs them."},
	{name: "no_proxy", kind: secret, doc: "Hosts, domains, addresses and networks that are reached without `proxy_url`, with commas between."},
	{name: "proxy_from_environment", kind: boolean, def: "false", doc: "Take the proxy from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Excludes `proxy_url` and `no_proxy`."},
	{name: "proxy_connect_header", kind: headers, doc: "Headers for the proxy, sent with `CONNECT`: a list of values for each name."},
}

var defaultKeys = append([]key{
	{name: keyInterval, kind: duration, def: defaultInterval, doc: "The time between two probes of a printer, at least `1s`."},
	{name: keyTimeout, kind: duration, def: defaultTimeout, doc: "The deadline of one question; must fit in the interval."},
	{name: keyLabels, kind: labels, doc: "Labels for every printer. A printer's own labels are added, and win."},
	{name: keyInsecure, kind: boolean, def: "false", doc: "Let addresses be plain `http`, for `service.url` too. See [insecure](#insecure)."},
	{name: keyTLS, kind: mapping, keys: tlsKeys, doc: "How TLS is spoken. See [tls_config](#tls_config)."},
}, proxyKeys...)

var serviceKeys = []key{
	{name: "url", kind: secret, def: defaultService, doc: "The address of the service itself: for the App APIs, and for the watch over its edge."},
}

var authorizationKeys = []key{
	{name: "type", kind: secret, def: "Bearer", doc: "The scheme. For `Basic` write `basic_auth`."},
	{name: "credentials", kind: secret, must: true, doc: "The credentials."},
	{name: "credentials_file", kind: filePath, doc: "The same from a file."},
}

var basicAuthKeys = []key{
	{name: "username", kind: secret, must: true, doc: "The user's name, without a colon."},
	{name: "username_file", kind: filePath, doc: "The same from a file."},
	{name: "password", kind: secret, must: true, doc: "The password."},
	{name: "password_file", kind: filePath, doc: "The same from a file."},
}

var printerKeys = append([]key{
	{name: "name", kind: word, must: true, doc: "**Required.** The label `printer`, the only name that is shown anywhere: unique over all files, at most 128 bytes, no `/`."},
	{name: "url", kind: secret, must: true, doc: "**Required**, or `url_file`. The printer's address, possibly with a path prefix. It is a credential."},
	{name: "url_file", kind: filePath, doc: "The same from a file."},
	{name: "authorization", kind: mapping, keys: authorizationKeys, doc: "The header `Authorization`. See [authorization](#authorization)."},
	{name: "basic_auth", kind: mapping, keys: basicAuthKeys, doc: "The same for user and password; excludes `authorization`. See [basic_auth](#basic_auth)."},
	{name: "app_token", kind: secret, doc: "The app token, which enables the question `info`. Sent to `service.url` only."},
	{name: "app_token_file", kind: filePath, doc: "The same from a file."},
	{name: keyInterval, kind: duration, def: "`defaults`", doc: "As in `defaults`."},
	{name: keyTimeout, kind: duration, def: "`defaults`", doc: "As in `defaults`."},
	{name: keyLabels, kind: labels, doc: "Labels for this printer's series, added to those of `defaults`."},
	{name: keyInsecure, kind: boolean, def: "`defaults`", doc: "Let this address be plain `http`. See [insecure](#insecure)."},
	{name: keyTLS, kind: mapping, keys: tlsKeys, def: "`defaults`", doc: "Replaces the one of `defaults` as a whole."},
}, proxyKeys...)

var topKeys = []key{
	{name: "defaults", kind: mapping, keys: defaultKeys, doc: "What holds for every printer that does not say otherwise. See [defaults](#defaults)."},
	{name: "service", kind: mapping, keys: serviceKeys, doc: "The service. See [service](#service)."},
	{name: "printers", kind: entries, keys: printerKeys, doc: "The printers. See [printers](#printers)."},
	{name: "printer_files", kind: patterns, doc: "Files with more printers. See [printer_files](#printer_files)."},
}

// The two kinds of documents.
var (
	mainFile    = key{kind: mapping, keys: topKeys}
	printerFile = key{kind: entries, keys: printerKeys}
)

// sections are all mappings of the table, with what people call them.
var sections = []struct {
	title string
	keys  []key
}{
	{"the top level", topKeys},
	{"defaults", defaultKeys},
	{"service", serviceKeys},
	{"a printer", printerKeys},
	{"authorization", authorizationKeys},
	{"basic_auth", basicAuthKeys},
	{"tls_config", tlsKeys},
}

// find gives the row of a name, nil where there is none.
func find(keys []key, name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

// child is the row for what stands below a key, nil where there is none.
func (k *key) child(name *yaml.Node) *key {
	switch {
	case k == nil || name.Kind != yaml.ScalarNode:
		return nil
	case k.kind == mapping:
		return find(k.keys, name.Value)
	case k.kind == labels:
		return &key{kind: word}
	}
	return nil
}

// item is the row for an item of a list, nil where there is none.
func (k *key) item() *key {
	switch {
	case k == nil:
		return nil
	case k.kind == entries:
		return &key{kind: mapping, keys: k.keys}
	case k.kind == patterns:
		return &key{kind: filePath}
	}
	return nil
}

func names(keys []key) string {
	s := make([]string, len(keys))
	for i, k := range keys {
		s[i] = k.name
	}
	return strings.Join(s, ", ")
}
