package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"octoeverywhere_exporter/probe"
)

// ParseAddress reads a printer's address as the key url does. The error contains no part of it.
func ParseAddress(text string) (probe.Address, error) {
	u, problem := parsePrinterAddress(text, false)
	if problem != "" {
		return probe.Address{}, errors.New(problem)
	}
	return probe.NewAddress(u), nil
}

// parsePrinterAddress is parseAddress for a printer, which has a host of its own: a URL copied from OctoEverywhere's website
// is not a printer's address.
func parsePrinterAddress(text string, insecure bool) (u *url.URL, problem string) {
	u, problem = parseAddress(text, insecure)
	if isWebsite(text) || problem == "" && isWebsite(u.String()) {
		return nil, "is OctoEverywhere's own website, not a printer: neither a short link nor a page of it can be probed; use the form https://<id>.octoeverywhere.com"
	}
	return u, problem
}

// isWebsite reports whether a text is an address of the website, valid or not.
func isWebsite(text string) bool {
	_, rest, hasScheme := strings.Cut(strings.ToLower(text), "://")
	if !hasScheme {
		rest = strings.ToLower(text)
	}
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(strings.TrimPrefix(host, "www."), ":")
	return host == serviceHost
}

// serviceHost is the host of OctoEverywhere's website and of the App APIs.
const serviceHost = "octoeverywhere.com"

const (
	invalidHost = "has an invalid host name; check its spelling"
	invalidPort = "has an invalid port; use 1 to 65535"
	noHost      = "has no host"
)

// parseAddress reads the address of a printer or of the service. problem is what is wrong, "" if nothing is. It contains no
// part of the address, unlike the errors of net/url.
func parseAddress(text string, insecure bool) (u *url.URL, problem string) {
	if s := slipOf(text); s != "" {
		return nil, string(s)
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, " \t\r\n") {
		return nil, "is not a valid URL; use the form https://<id>.octoeverywhere.com"
	}
	switch {
	case u.Opaque != "" || !strings.Contains(text, "://") || u.Scheme != "https" && u.Scheme != "http":
		return nil, "must start with https://"
	case u.User != nil:
		return nil, "must not contain a user or password; use basic_auth"
	case u.Hostname() == "":
		return nil, noHost
	case !hasValidPort(u):
		return nil, invalidPort
	case !normalizeHost(u):
		return nil, invalidHost
	case strings.Contains(strings.ToLower(u.Path), "octoeverywhere-command-api"):
		return nil, "contains the path of a command; remove /octoeverywhere-command-api and everything after it"
	case u.RawQuery != "" || u.ForceQuery:
		return nil, "must not have a query; remove the ? and everything after it"
	case strings.Contains(text, "#"):
		return nil, "must not have a fragment; remove the # and everything after it"
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return nil, "uses plain http, which exposes credentials on the network; use https, or set \"insecure: true\" if that is not possible"
	}
	if defaultPort := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; strings.HasSuffix(u.Host, defaultPort) {
		u.Host = strings.TrimSuffix(u.Host, defaultPort)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, ""
}

// normalizeHost converts the host of u to lower-case ASCII (IDNA2008, UTS #46 lookup). An ASCII host is only lowered, as in
// net/http, so that names such as my_relay stay valid. It reports whether the host can be converted and has no empty label.
func normalizeHost(u *url.URL) bool {
	if strings.IndexFunc(u.Host, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		u.Host = strings.ToLower(u.Host)
		return !strings.HasPrefix(u.Host, ".") && !strings.Contains(u.Host, "..")
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" || !utf8.ValidString(u.Host) {
		return false
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	return true
}

// hasValidPort reports whether u has no port, or one from 1 to 65535.
func hasValidPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

// isLoopback reports whether a host is this machine: 127.0.0.0/8, ::1 or localhost.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
