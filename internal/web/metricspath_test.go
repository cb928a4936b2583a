package web

import (
	"strings"
	"testing"
)

// TestCheckMetricsPath: the metrics hide no other route.
func TestCheckMetricsPath(t *testing.T) {
	for path, want := range map[string]string{
		"/metrics": "", "/federate": "", "/a/metrics": "", "/printers": "", "/m{e}trics": "", "/metrics/": "", "/-/metrics": "",

		"metrics":        `"metrics" is not a path that begins with a slash, as /metrics does`,
		"/m%20x":         `"/m%20x" is not a path that begins with a slash, as /metrics does`,
		"/m?x":           `"/m?x" is not a path that begins with a slash, as /metrics does`,
		"/a/../probe":    `"/a/../probe" contains // or dots, which clients remove; use the form /PATH`,
		"/":              `"/" would hide /; use another path, such as /metrics`,
		"/-/healthy":     `"/-/healthy" would hide /-/healthy; use another path, such as /metrics`,
		"/-/reload":      `"/-/reload" would hide /-/reload; use another path, such as /metrics`,
		"/probe":         `"/probe" would hide /probe; use another path, such as /metrics`,
		"/printers/mk4":  `"/printers/mk4" would hide /printers/{name}; use another path, such as /metrics`,
		"/debug/pprof/":  `"/debug/pprof/" would hide /debug/pprof/; use another path, such as /metrics`,
		"/assets/a.css":  `"/assets/a.css" would hide /assets/{file}; use another path, such as /metrics`,
		"/api/v1/events": "",
	} {
		got := ""
		if err := CheckMetricsPath(path); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for _, r := range (&site{Options: Options{Pprof: true}}).routes() {
		path := strings.NewReplacer("GET ", "", "POST ", "", "PUT ", "", "{$}", "", "{name}", "mk4", "{file}", "a.css").Replace(r.pattern)
		if CheckMetricsPath(path) == nil {
			t.Errorf("the metrics may hide %s", path)
		}
	}
}
