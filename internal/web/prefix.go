package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// ParseLocation checks the external URL and the route prefix of the command line, which mean what they mean in Prometheus, and
// returns them as in Options. A route prefix that is not set is the path of the external URL.
func ParseLocation(externalURL, routePrefix string) (external, prefix string, err error) {
	u, err := url.Parse(externalURL)
	switch {
	case err != nil:
		return "", "", errors.New("the external URL is malformed; it is http or https, a host and an optional path")
	case externalURL != "" && (u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == ""):
		return "", "", errors.New("the external URL must begin with http or https, and have a host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", "", errors.New("the external URL has more than a host and a path; remove user, query and fragment: everybody can read it")
	case strings.ContainsAny(routePrefix, "?#%{}"):
		return "", "", errors.New("the route prefix is not a plain path; use the form /PATH")
	}
	prefix = strings.Trim(routePrefix, "/")
	if routePrefix == "" {
		prefix = strings.Trim(u.Path, "/")
	}
	if prefix != "" {
		prefix = "/" + prefix
	}
	if prefix != "" && !isClean(prefix) {
		return "", "", errors.New("the path contains // or dots; use the form /PATH")
	}
	if externalURL != "" {
		u.Path, u.RawPath = strings.TrimRight(u.Path, "/")+"/", ""
		external = u.String()
	}
	return external, prefix, nil
}

// externalPath is the path of the fleet page as a browser sees it.
func (s *site) externalPath() string {
	if u, err := url.Parse(s.ExternalURL); err == nil && s.ExternalURL != "" {
		return u.EscapedPath()
	}
	return (&url.URL{Path: s.RoutePrefix + "/"}).EscapedPath()
}

// withPrefix serves everything below the route prefix. Links of pages are relative and know nothing of it.
func (s *site) withPrefix(next http.Handler) http.Handler {
	if s.RoutePrefix == "" {
		return next
	}
	below := http.StripPrefix(s.RoutePrefix, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, s.RoutePrefix+"/"):
			below.ServeHTTP(w, r)
		case r.URL.Path == "/", r.URL.Path == s.RoutePrefix:
			w.Header().Set("Location", s.externalPath())
			w.WriteHeader(http.StatusFound)
		default:
			http.Error(w, fmt.Sprintf("path not found: all paths begin with %s/", s.RoutePrefix), http.StatusNotFound)
		}
	})
}

// sameOrigin rejects requests that other sites send. A proxy may change the host of a request, but not where its page came from.
func sameOrigin(externalURL string) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	if u, err := url.Parse(externalURL); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // it has that form
	}
	return protection
}
