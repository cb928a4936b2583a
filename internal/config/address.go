package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"octoeverywhere_exporter/probe"
)

// ParseAddress reads a printer's address as the key url does. The error never holds a part of it.
func ParseAddress(text string) (probe.Address, error) {
	u, problem := parsePrinter(text, false)
	if problem != "" {
		return probe.Address{}, errors.New(problem)
	}
	return probe.NewAddress(u), nil
}

// parsePrinter is parseAddress for a printer. Each has a host of its own: what is copied out of OctoEverywhere's own pages is
// no address of one.
func parsePrinter(text string, insecure bool) (u *url.URL, problem string) {
	if u, problem = parseAddress(text, insecure); problem != "" {
		return nil, problem
	}
	if host := strings.TrimPrefix(u.Hostname(), "www."); host == ownHost {
		return nil, "leads to OctoEverywhere's own pages, not to a printer; write it as https://<id>.octoeverywhere.com"
	}
	return u, ""
}

// ownHost is where OctoEverywhere has its own pages and the App APIs.
const ownHost = "octoeverywhere.com"

// parseAddress reads the address of a printer or of the service. problem says what is wrong, "" if nothing is; it never
// holds a part of the address, as the messages of net/url do.
func parseAddress(text string, insecure bool) (u *url.URL, problem string) {
	u, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, " \t\r\n") {
		return nil, "is not a URL; write it as https://<id>.octoeverywhere.com"
	}
	switch {
	case u.Scheme == "" || u.Opaque != "" || !strings.Contains(text, "://"):
		return nil, "does not begin with https://"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "must begin with https://"
	case u.User != nil:
		return nil, "must not hold a user or password; write them under basic_auth"
	case u.Hostname() == "":
		return nil, "has no host"
	case !validPort(u):
		return nil, "has a port that is not one, 1 to 65535"
	case strings.Contains(strings.ToLower(u.Path), "octoeverywhere-command-api"):
		return nil, "ends in the path of a command; take away /octoeverywhere-command-api and what follows, the exporter adds it"
	case u.RawQuery != "" || u.ForceQuery:
		return nil, "must not have a query; take away the ? and what follows"
	case strings.Contains(text, "#"):
		return nil, "must not have a fragment; take away the # and what follows"
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return nil, "is plain http, which shows credentials to everyone on the way; write https, or \"insecure: true\" if there is no other way"
	}
	return canonical(u), ""
}

// canonical makes addresses equal that lead to the same place.
func canonical(u *url.URL) *url.URL {
	u.Host = strings.ToLower(u.Host)
	if defaultPort := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; strings.HasSuffix(u.Host, defaultPort) {
		u.Host = strings.TrimSuffix(u.Host, defaultPort)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u
}

func validPort(u *url.URL) bool {
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
