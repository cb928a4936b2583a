package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzProbe: for any query, scrape timeout and Accept header, the response is the metrics or an error as plain text, never
// HTML.
func FuzzProbe(f *testing.F) {
	for _, query := range []string{
		"", "target=", "target=idle", "target=idle&debug=true", "target=lost&debug=1", "target=x&target=idle", "target=%zz", "target=idle;debug=true",
		"target=" + url.QueryEscape(hostile), "target=" + url.QueryEscape("<b>"), "target=..%2f..%2fetc%2fpasswd", "target=http://127.0.0.1/",
		"target=idle%00", "target=%ff%fe", "&&&=", "target[]=idle", "debug=true", strings.Repeat("a=b&", 1000),
	} {
		f.Add(query, "", "")
	}
	for _, timeout := range []string{"10", "0", "-1", "1e999", "NaN", "Inf", "0x1p-2", "1e-300", "\xff", "<b>"} {
		f.Add("target=idle", timeout, "application/openmetrics-text")
	}
	site := New(shop().options())
	f.Fuzz(func(t *testing.T, query, timeout, accept string) {
		w := sendProbe(site, query, http.Header{scrapeTimeoutHeader: {timeout}, "Accept": {accept}})
		if w.Code != http.StatusOK && (w.Code < 400 || w.Code > 499) {
			t.Errorf("%q: %d", query, w.Code)
		}
		kind := w.Header().Get("Content-Type")
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(kind, "text/plain") && kind != "text/metrics" {
			t.Errorf("%q: a browser may render it as HTML: %q", query, kind)
		}
		if strings.Contains(w.Body.String(), canary) {
			t.Errorf("%q: contains a secret", query)
		}
	})
}

// sendProbe sends a query that need not be a valid one.
func sendProbe(site http.Handler, query string, header http.Header) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/probe", nil)
	r.URL.RawQuery, r.Header = query, header
	site.ServeHTTP(w, r)
	return w
}
