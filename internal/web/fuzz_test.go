package web

import (
	"bufio"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// markup must never be part of a page unescaped.
const markup = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&lt;`

// requests are seeds: each path, with markup in every variable part.
var requests = []string{
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /?q=" + url.QueryEscape(markup) + "&layer=host&page=2 HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /?layer=" + url.QueryEscape(markup) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /?page=" + url.QueryEscape(markup) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /printers/" + url.PathEscape(markup) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /printers/" + url.PathEscape(hostile) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /api/v1/printers/" + url.PathEscape(markup) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /api/v1/printers/" + url.PathEscape(markup) + "/history?since=" + url.QueryEscape(markup) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /api/v1/printers/lost/history?since=2000-01-01T00:00:00.5Z&until=9999-12-31T23:59:59-14:00&limit=1 HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /api/v1/history?until=0000-01-01T00:00:00%2B14:00&limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /probe?target=" + url.QueryEscape(markup) + "&debug=true HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /probe?target=idle&debug=true HTTP/1.1\r\nHost: a\r\nX-Prometheus-Scrape-Timeout-Seconds: " + markup + "\r\n\r\n",
	"POST /-/probe?target=" + url.QueryEscape(hostile) + " HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\n\r\n",
	"POST /-/reload HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n\r\n",
	"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text;q=\xff\r\n\r\n",
	"GET /sd HTTP/1.0\r\n\r\n",
	"GET /assets/..%2f..%2fweb.go HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /assets/style.css?v=0 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,5-,-1\r\nIf-None-Match: *\r\n\r\n",
	"GET //evil.example/..//x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /.//\\evil.example HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /printers/%2e%2e/%00%ff HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://evil.example/" + markup + " HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /nothing/" + url.PathEscape(markup) + "/.. HTTP/1.1\r\nHost: " + "\"><x\r\n\r\n",
	"TRACE / HTTP/1.1\r\nHost: a\r\nX-Secret: " + markup + "\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
	"BREW /-/healthy?%zz;a HTTP/1.1\r\nHost: a\r\n\r\n",
}

// FuzzRequests sends raw requests through the handler: it never panics, never responds with 500, and escapes every part of
// a request in a page. Seeds that were found are in testdata/fuzz.
func FuzzRequests(f *testing.F) {
	for _, r := range requests {
		f.Add(r, true)
		f.Add(r, false)
	}
	o := shop().options()
	o.Reload = func() error { return errors.New("config.yaml:3:5: printers[0]: no name") }
	panicked := ""
	o.Panicked = func(route, what string, stack []byte) { panicked = route + ": " + what + "\n" + string(stack) }
	handlers := map[bool]http.Handler{false: New(o)}
	o.Lifecycle = true
	handlers[true] = New(o)
	usual := get(o, "/") + get(o, "/printers/idle")
	f.Fuzz(func(t *testing.T, raw string, lifecycle bool) {
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			return // net/http rejects it
		}
		w := httptest.NewRecorder()
		handlers[lifecycle].ServeHTTP(w, req)
		if panicked != "" {
			t.Fatal(panicked)
		}
		reload := lifecycle && req.Method == http.MethodPost && w.Body.String() == "config.yaml:3:5: printers[0]: no name\n"
		if w.Code < 200 || w.Code >= 500 && !reload {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
		checkHeaders(t, w.Header())
		if w.Header().Get("Content-Type") == "" && w.Body.Len() > 0 {
			t.Error("no Content-Type")
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			checkEscaped(t, req, w.Body.String(), usual)
		}
		if strings.Contains(w.Body.String(), canary) {
			t.Errorf("a secret: %s", w.Body)
		}
	})
}

func checkHeaders(t *testing.T, h http.Header) {
	t.Helper()
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control"} {
		if len(h[name]) != 1 || h.Get(name) == "" {
			t.Errorf("%s: %q", name, h[name])
		}
	}
	if at := h.Get("Location"); at != "" {
		if u, err := url.Parse(at); err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, `/\`) {
			t.Errorf("redirect to another site: %q", at)
		}
	}
	for name, values := range h {
		for _, v := range values {
			if strings.ContainsAny(name+v, "\r\n") {
				t.Errorf("a line break in a header: %q: %q", name, v)
			}
		}
	}
}

// checkEscaped looks for parts of the request in the page. What would open an element or end an attribute must be escaped.
func checkEscaped(t *testing.T, req *http.Request, page, usual string) {
	t.Helper()
	texts := []string{req.URL.Path, req.Host, req.RequestURI}
	for _, values := range req.URL.Query() {
		texts = append(texts, values...)
	}
	for _, text := range texts {
		for _, part := range dangerous(text) {
			if strings.Contains(page, part) && !strings.Contains(usual, part) {
				t.Errorf("%q is in the page as %q", text, html.EscapeString(part))
			}
		}
	}
}

// dangerous are the parts of a text that begin with a bracket or a quotation mark, long enough not to be found by chance.
// Parts with an ampersand are left out: they can be another text after escaping.
func dangerous(text string) (parts []string) {
	const length = 5
	for i, r := range text {
		if strings.ContainsRune(`<>"'`, r) && len(text) >= i+length && !strings.Contains(text[i:i+length], "&") {
			parts = append(parts, text[i:i+length])
		}
	}
	return parts
}

// TestMarkupIsEscaped: names, labels, versions and parameters with markup, on every page that shows them.
func TestMarkupIsEscaped(t *testing.T) {
	f := shop()
	f.add(markup, map[string]string{"site": markup}, statusResult(0, 200,
		`{"Status":200,"Result":{"JobStatus":{"State":"<script>alert(3)</script>"},"PlatformVersion":"<script>alert(4)</script>\"'>"}}`))
	o := f.options()
	o.Version = markup
	o.MetricsPath = `/<script>alert(5)</script>"'>`
	o.Edges = edges{{Name: markup, At: time.Now(), Fault: fault.Fault{Layer: fault.Network, Meaning: markup}}}
	for _, target := range []string{
		"/", "/?q=" + url.QueryEscape(markup), "/printers/" + url.PathEscape(markup), "/printers/" + url.PathEscape(hostile),
		"/printers/" + url.PathEscape(markup+"x"), "/?layer=" + url.QueryEscape(markup), "/probe?target=" + url.QueryEscape(markup),
		"/%3Cscript%3Ealert(6)%3C/script%3E", "/%3Cscript%3E/../x", "/api/v1/printers", "/sd",
	} {
		w := call(o, "GET", target)
		kind := w.Header().Get("Content-Type")
		switch page := w.Body.String(); {
		case strings.HasPrefix(kind, "text/html"):
			for _, bad := range []string{"<script>", "onerror=alert(2)>&lt;\"", "<img", "<i onclick", `"'>`} {
				if strings.Contains(page, bad) {
					t.Errorf("%s: %q is in the page", target, bad)
				}
			}
		case strings.HasPrefix(kind, "application/json"):
			if strings.ContainsAny(page, "<>") {
				t.Errorf("%s: a bracket in JSON", target)
			}
		case !strings.HasPrefix(kind, "text/plain") && kind != "text/metrics":
			t.Errorf("%s: unexpected Content-Type %q", target, kind)
		}
	}
}
