package config

import (
	"maps"
	"slices"

	common "github.com/prometheus/common/config"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// The names and defaults that the code needs too.
const (
	keyInterval  = "interval"
	keyTimeout   = "timeout"
	keyTLSConfig = "tls_config"
	keyLabels    = "labels"
	keyInsecure  = "insecure"
	keyEnabled   = "enabled"

	keyPluginSharesPower = "plugin_shares_power"

	keyProxyURL             = "proxy_url"
	keyNoProxy              = "no_proxy"
	keyProxyFromEnvironment = "proxy_from_environment"
	keyProxyConnectHeader   = "proxy_connect_header"

	keyPreferredIPProtocol = "preferred_ip_protocol"
	keyIPProtocolFallback  = "ip_protocol_fallback"

	defaultInterval = "60s"
	defaultTimeout  = "20s"
	defaultService  = "https://" + serviceHost
)

var tlsVersions = slices.Sorted(maps.Keys(common.TLSVersions))

var tlsKeys = []strictyaml.Key{
	{Name: "ca", Kind: strictyaml.Secret, Doc: "The CA certificates to trust instead of the system's, as PEM."},
	{Name: "ca_file", Kind: strictyaml.Path, Doc: "Reads `ca` from a file."},
	{Name: "cert", Kind: strictyaml.Secret, Doc: "The client certificate, as PEM. Requires a key."},
	{Name: "cert_file", Kind: strictyaml.Path, Doc: "Reads `cert` from a file."},
	{Name: "key", Kind: strictyaml.Secret, Doc: "The client's private key, as PEM. Requires a certificate."},
	{Name: "key_file", Kind: strictyaml.Path, Doc: "Reads `key` from a file."},
	{Name: "server_name", Kind: strictyaml.Secret, Doc: "The name to expect in the server's certificate instead of the address's host."},
	{Name: "insecure_skip_verify", Kind: strictyaml.Bool, Default: "false", Doc: "Accept any certificate. Credentials can then be intercepted."},
	{Name: "min_version", Kind: strictyaml.String, Enum: tlsVersions, Default: "TLS12", Doc: "The minimum TLS version: `TLS10`, `TLS11`, `TLS12` or `TLS13`."},
	{Name: "max_version", Kind: strictyaml.String, Enum: tlsVersions, Doc: "The maximum TLS version."},
}

var proxyKeys = []strictyaml.Key{
	{Name: keyProxyURL, Kind: strictyaml.Secret, Doc: "The proxy for all connections: `http`, `https`, `socks5` or `socks5h`, with credentials if needed."},
	{Name: keyNoProxy, Kind: strictyaml.Secret, Doc: "Comma-separated hosts, domains, IP addresses and networks to connect to without `proxy_url`."},
	{
		Name: keyProxyFromEnvironment, Kind: strictyaml.Bool, Default: "false",
		Doc: "Use `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Excludes `proxy_url` and `no_proxy`.",
	},
	{
		Name: keyProxyConnectHeader, Kind: strictyaml.ListMap, Form: "a mapping of header names to lists of values",
		Doc: "Headers to send to the proxy with `CONNECT`: a list of values for each name.",
	},
}

var ipKeys = []strictyaml.Key{
	{
		Name: keyPreferredIPProtocol, Kind: strictyaml.String, Enum: []string{probe.IP4, probe.IP6},
		Doc: "`ip4` or `ip6`: its addresses are connected to first. By default, the system decides.",
	},
	{
		Name: keyIPProtocolFallback, Kind: strictyaml.Bool, Default: "true",
		Doc: "`false`: addresses of the other protocol are not used at all. Requires `preferred_ip_protocol`.",
	},
}

// connectionKeys are the keys of a printer and of defaults that say how connections are made, besides tls_config.
var connectionKeys = slices.Concat(proxyKeys, ipKeys)

const labelsForm = "a mapping of label names to values ({site: lab})"

var defaultKeys = append([]strictyaml.Key{
	{Name: keyInterval, Kind: strictyaml.Duration, Default: defaultInterval, Doc: "How often each printer is probed, at least `1s`."},
	{Name: keyTimeout, Kind: strictyaml.Duration, Default: defaultTimeout, Doc: "The timeout of a request, at most `interval` and `110s`."},
	{Name: keyLabels, Kind: strictyaml.StringMap, Form: labelsForm, Doc: "Labels for every printer. A printer's own labels take precedence."},
	{
		Name: keyPluginSharesPower, Kind: strictyaml.Bool, Default: "false",
		Doc: "The plugin's computer is switched off together with the printer: a plugin that is offline (601) while no print is in progress is `switched_off`, like a printer that is disconnected from its plugin (785).",
	},
	{Name: keyInsecure, Kind: strictyaml.Bool, Default: "false", Doc: "Allow plain `http` addresses, `service.url` included. See [insecure](#insecure)."},
	{Name: keyTLSConfig, Kind: strictyaml.Map, Keys: tlsKeys, Doc: "TLS settings. See [tls_config](#tls_config)."},
}, connectionKeys...)

var serviceKeys = []strictyaml.Key{
	{Name: "url", Kind: strictyaml.Secret, Default: defaultService, Doc: "The address of the service itself, for the App APIs and the edge check."},
}

var authorizationKeys = []strictyaml.Key{
	{Name: "type", Kind: strictyaml.Secret, Default: "Bearer", Doc: "The authentication scheme. For `Basic`, use `basic_auth`."},
	{Name: "credentials", Kind: strictyaml.Secret, Required: true, Doc: "**Required**, or `credentials_file`. The credentials."},
	{Name: "credentials_file", Kind: strictyaml.Path, Doc: "Reads `credentials` from a file."},
}

var basicAuthKeys = []strictyaml.Key{
	{Name: "username", Kind: strictyaml.Secret, Required: true, Doc: "**Required**, or `username_file`. The user name, without a colon."},
	{Name: "username_file", Kind: strictyaml.Path, Doc: "Reads `username` from a file."},
	{Name: "password", Kind: strictyaml.Secret, Required: true, Doc: "**Required**, or `password_file`. The password."},
	{Name: "password_file", Kind: strictyaml.Path, Doc: "Reads `password` from a file."},
}

var printerKeys = append([]strictyaml.Key{
	{
		Name: "name", Kind: strictyaml.String, Required: true,
		Doc: "**Required.** The label `printer` and the only name that is shown: unique in all files, at most 128 bytes, no `/`.",
	},
	{
		Name: "id", Kind: strictyaml.Secret, // it may be the id in the address
		Doc: "Any text that is unique in all files, at most 128 bytes. The printer's state, such as its print in progress, is kept when its `url` changes: set `id` before you replace the connection.",
	},
	{Name: "url", Kind: strictyaml.Secret, Required: true, Doc: "**Required**, or `url_file`. The printer's address, with an optional path prefix. It is a credential."},
	{Name: "url_file", Kind: strictyaml.Path, Doc: "Reads `url` from a file."},
	{Name: "authorization", Kind: strictyaml.Map, Keys: authorizationKeys, Doc: "The `Authorization` header. See [authorization](#authorization)."},
	{Name: "basic_auth", Kind: strictyaml.Map, Keys: basicAuthKeys, Doc: "A user name and password. Excludes `authorization`. See [basic_auth](#basic_auth)."},
	{Name: "app_token", Kind: strictyaml.Secret, Doc: "The app token, which enables `info` requests. It is sent to `service.url` only."},
	{Name: "app_token_file", Kind: strictyaml.Path, Doc: "Reads `app_token` from a file."},
	{Name: keyInterval, Kind: strictyaml.Duration, Default: "`defaults`", Doc: "How often the printer is probed."},
	{Name: keyTimeout, Kind: strictyaml.Duration, Default: "`defaults`", Doc: "The timeout of a request, at most `interval` and `110s`."},
	{Name: keyLabels, Kind: strictyaml.StringMap, Form: labelsForm, Doc: "Labels for this printer, merged with those of `defaults`."},
	{
		Name: keyEnabled, Kind: strictyaml.Bool, Default: "true",
		Doc: "`false`: the printer is listed as disabled and not probed. Its only series is `printer_enabled`, and `/probe` responds with 404.",
	},
	{Name: keyPluginSharesPower, Kind: strictyaml.Bool, Default: "`defaults`", Doc: "The plugin's computer is switched off together with the printer."},
	{Name: keyInsecure, Kind: strictyaml.Bool, Default: "`defaults`", Doc: "Allow a plain `http` address. See [insecure](#insecure)."},
	{Name: keyTLSConfig, Kind: strictyaml.Map, Keys: tlsKeys, Default: "`defaults`", Doc: "Replaces the whole `tls_config` of `defaults`."},
}, connectionKeys...)

const printersForm = "a list of printers, each starting with a dash (- name: …)"

var topKeys = []strictyaml.Key{
	{Name: "defaults", Kind: strictyaml.Map, Keys: defaultKeys, Doc: "Defaults for all printers. See [defaults](#defaults)."},
	{Name: "service", Kind: strictyaml.Map, Keys: serviceKeys, Doc: "The OctoEverywhere service. See [service](#service)."},
	{Name: "printers", Kind: strictyaml.List, Keys: printerKeys, Form: printersForm, Doc: "The printers. See [printers](#printers)."},
	{
		Name: "printer_files", Kind: strictyaml.PathList, Form: "a list, even for one file ([printers.d/*.yaml])",
		Doc: "Files with more printers. See [printer_files](#printer_files).",
	},
}

// sections are all mappings of the configuration.
var sections = []strictyaml.Section{
	{Title: "the top level", Keys: topKeys},
	{Title: "defaults", Keys: defaultKeys},
	{Title: "service", Keys: serviceKeys},
	{Title: "a printer", Keys: printerKeys},
	{Title: "authorization", Keys: authorizationKeys},
	{Title: "basic_auth", Keys: basicAuthKeys},
	{Title: keyTLSConfig, Keys: tlsKeys},
}

// The two kinds of files.
var (
	mainFile    = newSchema(strictyaml.Key{Kind: strictyaml.Map, Keys: topKeys})
	printerFile = newSchema(strictyaml.Key{Kind: strictyaml.List, Keys: printerKeys})
)

func newSchema(root strictyaml.Key) *strictyaml.Schema {
	return &strictyaml.Schema{Root: root, Sections: sections, SecretDomain: serviceHost, NoMergeKeys: "put shared settings under defaults"}
}
