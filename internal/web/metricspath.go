package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// CheckMetricsPath returns an error if path cannot be the path of the metrics: it is no path, or a route of this package has it,
// which the metrics would hide.
func CheckMetricsPath(path string) error {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#%") {
		return fmt.Errorf("%q is not a path that begins with a slash, as /metrics does", path)
	}
	if !isClean(path) {
		return fmt.Errorf("%q contains // or dots, which clients remove; use the form /PATH", path)
	}
	mux := http.NewServeMux()
	for _, r := range (&site{Options: Options{Pprof: true}}).routes() {
		mux.Handle(r.pattern, r.handle)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		if _, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: path}}); pattern != "" {
			_, route, _ := strings.Cut(pattern, " ")
			return fmt.Errorf("%q would hide %s; use another path, such as /metrics", path, strings.TrimSuffix(route, "{$}"))
		}
	}
	return nil
}
