package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestParseLocation(t *testing.T) {
	for what, c := range map[string]struct{ url, prefix, wantURL, wantPrefix, err string }{
		"nothing":            {},
		"a host":             {"https://example.com", "", "https://example.com/", "", ""},
		"a path":             {"https://example.com:8443/a/oe", "", "https://example.com:8443/a/oe/", "/a/oe", ""},
		"a path of a folder": {"http://example.com/oe/", "", "http://example.com/oe/", "/oe", ""},
		"a proxy strips it":  {"https://example.com/oe/", "/", "https://example.com/oe/", "", ""},
		"another prefix":     {"https://example.com/oe/", "x/y/", "https://example.com/oe/", "/x/y", ""},
		"a prefix alone":     {"", "/oe", "", "/oe", ""},
		"no scheme":          {"example.com/oe", "", "", "", "must begin with http or https, and have a host"},
		"another scheme":     {"ftp://example.com/oe", "", "", "", "must begin with http or https, and have a host"},
		"no host":            {"https:///oe", "", "", "", "must begin with http or https, and have a host"},
		"malformed":          {"https://example.com:x/", "", "", "", "malformed"},
		"a credential":       {"https://me:canary@example.com/", "", "", "", "everybody can read it"},
		"a query":            {"https://example.com/?a=b", "", "", "", "everybody can read it"},
		"a prefix of a mux":  {"", "/{x}", "", "", "use the form /PATH"},
		"a path with dots":   {"https://example.com/a/../b", "", "", "", "use the form /PATH"},
	} {
		url, prefix, err := ParseLocation(c.url, c.prefix)
		switch {
		case (err == nil) != (c.err == ""), err != nil && !strings.Contains(err.Error(), c.err), err != nil && strings.Contains(err.Error(), "canary"):
			t.Errorf("%s: %v", what, err)
		case url != c.wantURL, prefix != c.wantPrefix:
			t.Errorf("%s: %q %q", what, url, prefix)
		}
	}
}

// TestRoutePrefix: everything is below it, and what is not leads there or is an error.
func TestRoutePrefix(t *testing.T) {
	o := shop().options()
	o.ExternalURL, o.RoutePrefix, o.MetricsPath = "https://example.com/a/oe/", "/oe", "/m"
	o.Pprof = true
	for target, want := range map[string]struct {
		status   int
		location string
		says     string
	}{
		"/oe/":                {200, "", `href="./assets/`},
		"/oe/printers/lost":   {200, "", `href="../assets/`},
		"/oe/m":               {200, "", "all metrics"},
		"/oe/sd":              {200, "", "[{"},
		"/oe/-/healthy":       {200, "", "healthy"},
		"/oe/probe?target=x":  {404, "", "no printer"},
		"/oe/x":               {404, "", "path not found: /x"},
		"/oe/debug/pprof":     {301, "pprof/", ""},
		"/oe":                 {302, "/a/oe/", ""},
		"/":                   {302, "/a/oe/", ""},
		"/metrics":            {404, "", "all paths begin with /oe/"},
		"/oem":                {404, "", "all paths begin with /oe/"},
		"/-/healthy":          {404, "", "all paths begin with /oe/"},
		"/oe//printers/lost":  {404, "", "path not found"},
		"/oe//":               {404, "", "path not found"}, // the mux would redirect it to /, outside the prefix
		"/oe/../oe/":          {404, "", "path not found"},
		"/oe/printers/../":    {404, "", "path not found"},
		"/oe/printers/%2e%2e": {404, "", "no printer named"},
	} {
		w := call(o, "GET", target)
		if w.Code != want.status || w.Header().Get("Location") != want.location || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("%s: %d to %q: %.200s", target, w.Code, w.Header().Get("Location"), w.Body)
		}
	}
}

// TestPostsFromTheExternalURL: a proxy may change the host of a request; the origin of its page is still ours.
func TestPostsFromTheExternalURL(t *testing.T) {
	o := shop().options()
	o.Lifecycle, o.ExternalURL = true, "https://example.com/oe/"
	for origin, want := range map[string]int{"https://example.com": 200, "https://example.org": 403, "http://example.com": 403} {
		if w := call(o, http.MethodPost, "http://backend:10059/-/reload", "Origin", origin); w.Code != want {
			t.Errorf("%s: %d", origin, w.Code)
		}
	}
}

// TestRedirectToAPrefixIsEncoded: the prefix may have characters that a URL must not have.
func TestRedirectToAPrefixIsEncoded(t *testing.T) {
	o := shop().options()
	o.RoutePrefix = "/a b/é"
	if got := call(o, http.MethodGet, "/").Header().Get("Location"); got != "/a%20b/%C3%A9/" {
		t.Errorf("it leads to %q", got)
	}
}
