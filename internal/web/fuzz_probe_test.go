package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzProbe: whatever is asked of /probe and whatever Prometheus says of its patience, the answer is the metrics or a
// plain refusal, and never a page.
func FuzzProbe(f *testing.F) {
	for _, query := range []string{
		"", "target=", "target=idle", "target=idle&debug=true", "target=lost&debug=1", "target=x&target=idle", "target=%zz", "target=idle;debug=true",
		"target=" + url.QueryEscape(hostile), "target=" + url.QueryEscape("<b>"), "target=..%2f..%2fetc%2fpasswd", "target=http://127.0.0.1/",
		"target=idle%00", "target=%ff%fe", "&&&=", "target[]=idle", "debug=true", strings.Repeat("a=b&", 1000),
	} {
		f.Add(query, "", "")
	}
	for _, limit := range []string{"10", "0", "-1", "1e999", "NaN", "Inf", "0x1p-2", "1e-300", "\xff", "<b>"} {
		f.Add("target=idle", limit, "application/openmetrics-text")
	}
	site := New(shop().options())
	f.Fuzz(func(t *testing.T, query, limit, accept string) {
		w := probeBy(site, query, http.Header{scrapeTimeout: {limit}, "Accept": {accept}})
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

// probeBy sends a query that need not be one that a client would send.
func probeBy(site http.Handler, query string, header http.Header) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/probe", nil)
	r.URL.RawQuery, r.Header = query, header
	site.ServeHTTP(w, r)
	return w
}
