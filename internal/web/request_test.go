package web

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestLongURLsGetShortErrors from any client: an error repeats little of the request.
func TestLongURLsGetShortErrors(t *testing.T) {
	long := strings.Repeat("x", 60<<10)
	for what, c := range map[string]struct {
		target string
		status int
		says   string
	}{
		"a long path":              {"/" + long, 414, "the path is too long: use at most 2048 bytes"},
		"a deep path":              {"/" + strings.Repeat("a/", 30<<10), 414, "the path is too long: use at most 2048 bytes"},
		"a path of dots":           {strings.Repeat("/..", 20<<10), 414, "the path is too long"},
		"a long name":              {"/printers/" + long, 414, "the path is too long"},
		"a deep path below that":   {"/" + strings.Repeat("a/", 1000), 404, "path not found: /a/a/"},
		"a long path below that":   {"/" + strings.Repeat("<", 600), 404, "ath not found: /"},
		"a name below that":        {"/printers/" + strings.Repeat("<", 600), 404, "o printer named "},
		"an API path below that":   {"/api/" + strings.Repeat("%22", 600), 404, `{"error":"path not found: /api/`},
		"a long query":             {"/?q=" + long, 400, "the query is too long: use at most 2048 bytes"},
		"5,000 labels":             {"/?" + strings.Repeat("label=a=b&", 5000), 400, "the query is too long"},
		"labels below that":        {"/?" + strings.Repeat("label=a=b&", 51), 400, "he query has 51 parameters: use at most 50"},
		"many parameters":          {"/metrics?" + strings.Repeat("x&", 500), 400, "nknown parameter "},
		"a long unknown parameter": {"/sd?" + strings.Repeat("<", 2000), 400, "nknown parameter "},
		"a long value":             {"/?layer=" + strings.Repeat("<", 2000), 400, "nknown layer "},
		"many words":               {"/?q=" + strings.Repeat("x+", 500), 400, "oo many search words: use at most 10"},
		"a long target":            {"/probe?target=" + strings.Repeat("%00", 600), 404, "no printer named "},
	} {
		for _, accept := range []string{asBrowser, "*/*"} {
			w := call(shop().options(), "GET", c.target, "Accept", accept)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || w.Body.Len() > 8<<10 {
				t.Errorf("%s: %d, %d bytes: %.300s", what, w.Code, w.Body.Len(), w.Body)
			}
		}
	}
}

// TestUnknownParametersAreRejected: what is ignored looks like what was asked for.
func TestUnknownParametersAreRejected(t *testing.T) {
	o := shop().options()
	o.Lifecycle = true
	for request, says := range map[string]string{
		"GET /metrics?name[]=up":                   `unknown parameter "name[]": /metrics takes none; choose metrics by --no-collector.print and the like, or by metric_relabel_configs`,
		"GET /metrics?collect[]=cpu":               `unknown parameter "collect[]": /metrics takes none; choose metrics by`,
		"GET /metrics?target=idle":                 `unknown parameter "target": /metrics takes none`,
		"GET /probe?target=idle&collect[]=x":       `unknown parameter "collect[]": /probe takes target, debug; choose metrics by`,
		"GET /probe?target=idle&module=http_2xx":   `unknown parameter "module": /probe takes target, debug; the configuration says how each printer is probed`,
		"GET /probe?target=idle&target=lost":       "the parameter target is given 2 times: use it once",
		"GET /probe?target=idle&debug=yes":         `invalid debug "yes": use true or false`,
		"POST /-/probe?target=idle&force=1":        `unknown parameter "force": /-/probe takes target`,
		"POST /-/reload?x":                         `unknown parameter "x": /-/reload takes none`,
		"GET /sd?site=lab":                         `unknown parameter "site": /sd takes none`,
		"GET /api/v1/printers?layer=host":          `unknown parameter \"layer\": /api/v1/printers takes none`,
		"GET /printers/idle?tab=1":                 `unknown parameter "tab": /printers/idle takes none`,
		"GET /?search=x":                           `unknown parameter "search": / takes q, label, layer, reason, sort, page`,
		"GET /?layer=host&layer=plugin":            "the parameter layer is given 2 times",
		"GET /?q=%zz":                              "malformed query",
		"GET /?q=a;b":                              "malformed query",
		"GET /assets/style.css?v=1&x=2":            `unknown parameter "x": /assets/style.css takes v`,
		"GET /?label=site=lab&label=site=hall":     "",
		"GET /metrics":                             "",
		"GET /metrics?":                            "",
		"GET /-/healthy?from=the+load+balancer":    "",
		"GET /probe?target=idle&debug=false":       "",
		"GET /?q=&label=&layer=&reason=&sort=":     "",
		"POST /-/probe?target=idle":                "",
		"GET /api/v1/printers/idle?":               "",
		"GET /assets/style.css?v=of-another-build": "",
	} {
		method, target, _ := strings.Cut(request, " ")
		w := call(o, method, target)
		if want := map[bool]int{true: 200, false: 400}[says == ""]; w.Code != want || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %.300s", request, w.Code, w.Body)
		}
	}
}

// TestWorkEndsWithItsClient: nothing that lists printers goes on for a client that has disconnected, and what it made is not
// sent as if it were all.
func TestWorkEndsWithItsClient(t *testing.T) {
	f := &fleet{}
	for i := range 100 {
		f.add(fmt.Sprint("printer-", i), nil, statusResult(time.Second, 200, idle))
	}
	o := f.options()
	for _, target := range []string{"/", "/?q=printer", "/api/v1/printers", "/sd", "/printers/printer"} {
		ctx, disconnect := context.WithCancel(t.Context())
		listed := 0
		o.Fleet = &listingFleet{f, func() {
			if listed++; listed == 10 {
				disconnect()
			}
		}}
		aborted := func() (aborted bool) {
			defer func() { aborted = recover() == http.ErrAbortHandler }() //nolint:errorlint // net/http does not unwrap it
			r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
			r.Header.Set("Accept", asBrowser)
			New(o).ServeHTTP(httptest.NewRecorder(), r)
			return false
		}()
		if !aborted || listed > 11 {
			t.Errorf("%s: aborted %t after %d printers", target, aborted, listed)
		}
		disconnect()
	}
}

// listingFleet calls a function before each printer that is listed.
type listingFleet struct {
	*fleet
	before func()
}

func (f *listingFleet) All() iter.Seq[*probe.Status] {
	return func(yield func(*probe.Status) bool) {
		for _, p := range f.printers {
			if f.before(); !yield(p) {
				return
			}
		}
	}
}
