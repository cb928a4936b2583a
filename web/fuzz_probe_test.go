package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// marker is markup that no page has by itself.
const marker = "<x9z"

// FuzzProbe: whatever is asked of /probe and whatever Prometheus says of its patience, the answer is the metrics or a
// plain refusal, and never a page.
func FuzzProbe(f *testing.F) {
	for _, query := range []string{
		"", "target=", "target=idle", "target=idle&debug=true", "target=lost&debug=1", "target=x&target=idle", "target=%zz", "target=idle;debug=true",
		"target=" + url.QueryEscape(hostile), "target=" + url.QueryEscape(marker+">"), "target=..%2f..%2fetc%2fpasswd", "target=http://127.0.0.1/",
		"target=idle%00", "target=%ff%fe", "&&&=", "target[]=idle", "debug=true", strings.Repeat("a=b&", 1000),
	} {
		f.Add(query, "", "")
	}
	for _, limit := range []string{"10", "0", "-1", "1e999", "NaN", "Inf", "0x1p-2", "1e-300", "\xff", marker} {
		f.Add("target=idle", limit, "application/openmetrics-text")
	}
	site := New(shop().options())
	f.Fuzz(func(t *testing.T, query, limit, accept string) {
		w := ask(site, http.MethodGet, "/probe", query, http.Header{scrapeTimeout: {limit}, "Accept": {accept}})
		if w.Code != http.StatusOK && (w.Code < 400 || w.Code > 499) {
			t.Errorf("%q: %d", query, w.Code)
		}
		kind := w.Header().Get("Content-Type")
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(kind, "text/plain") && kind != "text/metrics" {
			t.Errorf("%q: a browser may take it for a page: %q", query, kind)
		}
		if strings.Contains(w.Body.String(), hidden) {
			t.Errorf("%q: shows a secret", query)
		}
	})
}

// ask sends a request that need not be one that a client would send.
func ask(site http.Handler, method, path, query string, header http.Header) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Method, r.URL, r.RequestURI, r.Header = method, &url.URL{Path: path, RawQuery: query}, path, header
	site.ServeHTTP(w, r)
	return w
}
