package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

type reply struct {
	Status int
	Type   string
	Allow  string
	Body   string
}

func replyOf(w *httptest.ResponseRecorder) reply {
	return reply{w.Code, w.Header().Get("Content-Type"), w.Header().Get("Allow"), w.Body.String()}
}

const plain = "text/plain; charset=utf-8"

func TestShortResponses(t *testing.T) {
	off := shop().options()
	on := shop().options()
	on.Lifecycle, on.Pprof = true, true
	failing := on
	failing.Reload = func() error { return errors.New("config.yaml:3:5: printers[0]: no name") }
	stuck := off
	stuck.Healthy = func() bool { return false }
	notYet := off
	notYet.Ready = func() bool { return false }
	elsewhere := off
	elsewhere.MetricsPath = "/m{e}trics"
	onRoot := off
	onRoot.MetricsPath = "/"

	forbidden := reply{403, plain, "", "the lifecycle API is disabled: start the exporter with --web.enable-lifecycle\n"}
	notAllowed := func(path, allow string) reply {
		return reply{405, plain, allow, path + " allows only " + allow + "\n"}
	}
	notFound := func(path string) reply { return reply{404, plain, "", "path not found: " + path + "\n"} }
	for name, c := range map[string]struct {
		options        Options
		method, target string
		want           reply
	}{
		"healthy":                      {off, "GET", "/-/healthy", reply{200, plain, "", "octoeverywhere_exporter is healthy\n"}},
		"ready":                        {off, "GET", "/-/ready", reply{200, plain, "", "octoeverywhere_exporter is ready\n"}},
		"not ready":                    {notYet, "GET", "/-/ready", reply{503, plain, "", "octoeverywhere_exporter is not ready\n"}},
		"healthy before it is ready":   {notYet, "GET", "/-/healthy", reply{200, plain, "", "octoeverywhere_exporter is healthy\n"}},
		"not healthy":                  {stuck, "GET", "/-/healthy", reply{503, plain, "", "octoeverywhere_exporter is not healthy: scheduled probes are not starting\n"}},
		"metrics":                      {off, "GET", "/metrics", reply{200, plain, "", "all metrics\n"}},
		"metrics elsewhere":            {elsewhere, "GET", "/m%7Be%7Dtrics", reply{200, plain, "", "all metrics\n"}},
		"nothing at the default path":  {elsewhere, "GET", "/metrics", notFound("/metrics")},
		"metrics at the root":          {onRoot, "GET", "/", reply{200, plain, "", "all metrics\n"}},
		"configuration":                {off, "GET", "/config", reply{200, plain, "", "printers: []\n"}},
		"metrics, posted":              {off, "POST", "/metrics", notAllowed("/metrics", "GET, HEAD")},
		"reload, off":                  {off, "POST", "/-/reload", forbidden},
		"reload":                       {on, "POST", "/-/reload", reply{200, plain, "", "configuration reloaded\n"}},
		"reload, put":                  {on, "PUT", "/-/reload", reply{200, plain, "", "configuration reloaded\n"}},
		"reload, put, off":             {off, "PUT", "/-/reload", forbidden},
		"reload, failed":               {failing, "POST", "/-/reload", reply{500, plain, "", "config.yaml:3:5: printers[0]: no name\n"}},
		"reload, got":                  {on, "GET", "/-/reload", notAllowed("/-/reload", "POST, PUT")},
		"reload, off, got":             {off, "GET", "/-/reload", notAllowed("/-/reload", "POST, PUT")},
		"probe now, off":               {off, "POST", "/-/probe?target=idle", forbidden},
		"probe now, got":               {on, "GET", "/-/probe?target=idle", notAllowed("/-/probe", "POST")},
		"probe now without target":     {on, "POST", "/-/probe", reply{400, plain, "", "missing parameter target: use the name of a configured printer\n"}},
		"probe now an unknown printer": {on, "POST", "/-/probe?target=x", reply{404, plain, "", "no printer named \"x\" is configured\n"}},
		"acknowledge, off":             {off, "POST", "/-/acknowledge?target=lost", forbidden},
		"acknowledge, got":             {on, "GET", "/-/acknowledge?target=lost", notAllowed("/-/acknowledge", "POST")},
		"acknowledge without target":   {on, "POST", "/-/acknowledge", reply{400, plain, "", "missing parameter target: use the name of a configured printer\n"}},
		"acknowledge an unknown one":   {on, "POST", "/-/acknowledge?target=x", reply{404, plain, "", "no printer named \"x\" is configured\n"}},
		"acknowledge what is not lost": {on, "POST", "/-/acknowledge?target=printing", reply{409, plain, "", "no print of \"printing\" is lost\n"}},
		"acknowledge a lost print":     {on, "POST", "/-/acknowledge?target=lost", reply{200, plain, "", "lost print acknowledged\n"}},
		"probe without target":         {off, "GET", "/probe?target=", reply{400, plain, "", "missing parameter target: use the name of a configured printer\n"}},
		"probe an unknown printer":     {off, "GET", "/probe?target=https://example.com%0a", reply{404, plain, "", "no printer named \"https://example.com\\n\" is configured\n"}},
		"probe, posted":                {off, "POST", "/probe?target=idle", notAllowed("/probe", "GET, HEAD")},
		"unknown path":                 {off, "GET", "/nothing", notFound("/nothing")},
		"unknown path, posted":         {off, "POST", "/nothing", notFound("/nothing")},
		"unknown asset":                {off, "GET", "/assets/nothing.js", reply{404, plain, "", "no such asset: nothing.js\n"}},
		"no way out of the assets":     {off, "GET", "/assets/..%2fweb.go", reply{404, plain, "", "no such asset: ../web.go\n"}},
		"fleet page, posted":           {off, "POST", "/", notAllowed("/", "GET, HEAD")},
		"page of an unknown printer":   {off, "GET", "/printers/x%2Fy", reply{404, plain, "", "no printer named \"x/y\" is configured\n"}},
		"an unknown layer":             {off, "GET", "/?layer=x", reply{400, plain, "", "unknown layer \"x\": use one of any, none, switched_off, disabled, unprobed, network, service, access, plugin, host, printer\n"}},
		"an unknown reason":            {off, "GET", "/?reason=x", reply{400, plain, "", "unknown reason \"x\": use one from the table of faults\n"}},
		"a label without a value":      {off, "GET", "/?label=site", reply{400, plain, "", "invalid label \"site\": use NAME=VALUE\n"}},
		"an unknown order":             {off, "GET", "/?sort=--name", reply{400, plain, "", "unknown sort \"--name\": use one of name, severity, progress, since, last, next, with a minus sign in front to reverse it\n"}},
		"an unknown page":              {off, "GET", "/?page=0", reply{400, plain, "", "invalid page \"0\": use a number from 1\n"}},
		"pprof, off":                   {off, "GET", "/debug/pprof/", notFound("/debug/pprof/")},
		"pprof's command line":         {on, "GET", "/debug/pprof/cmdline", reply{404, plain, "", "Unknown profile\n"}},
		"API, deleted":                 {off, "DELETE", "/api/v1/printers/idle", reply{405, "application/json", "GET, HEAD", `{"error":"/api/v1/printers/idle allows only GET, HEAD"}` + "\n"}},
		"API, unknown path":            {off, "GET", "/api/v1/nothing", reply{404, "application/json", "", `{"error":"path not found: /api/v1/nothing"}` + "\n"}},
		"API, unknown printer": {off, "GET", "/api/v1/printers/x%20y", reply{
			404, "application/json", "", `{"error":"no printer named \"x y\" is configured"}` + "\n",
		}},
	} {
		if d := cmp.Diff(c.want, replyOf(call(c.options, c.method, c.target))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// allTargets has a request for each route with a body.
var allTargets = []string{
	"/", "/?layer=host&q=x", "/printers/lost", "/printers/idle", "/assets/style.css", "/api/v1/printers", "/api/v1/printers/lost",
	"/metrics", "/sd", "/probe?target=lost", "/probe?target=lost&debug=true", "/-/healthy", "/-/ready", "/nothing", "/probe",
}

func TestEveryResponseHasTheHeaders(t *testing.T) {
	for _, target := range allTargets {
		h := call(shop().options(), "GET", target).Header()
		got := map[string]string{}
		for _, name := range []string{
			"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control",
		} {
			got[name] = h.Get(name)
		}
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
				"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options": "nosniff",
			"X-Frame-Options":        "DENY",
			"Referrer-Policy":        "no-referrer",
			"Cache-Control":          "no-store",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", target, d)
		}
	}
}

func TestNoResponseContainsASecret(t *testing.T) {
	o := shop().options()
	o.Lifecycle = true
	bodies := map[string]string{"/-/probe": call(o, "POST", "/-/probe?target=lost").Body.String()}
	for _, target := range allTargets {
		bodies[target] = get(o, target)
	}
	for target, body := range bodies {
		if body == "" || strings.Contains(body, canary) {
			t.Errorf("%s: %s", target, body)
		}
	}
}

// TestHeadIsGetWithoutABody uses a server, because only the server drops the body.
func TestHeadIsGetWithoutABody(t *testing.T) {
	server := httptest.NewServer(New(shop().options()))
	defer server.Close()
	for _, target := range allTargets {
		var replies [2]reply
		for i, method := range []string{"GET", "HEAD"} {
			req, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if method == "HEAD" && len(body) > 0 {
				t.Errorf("HEAD %s has a body", target)
			}
			replies[i] = reply{Status: resp.StatusCode, Type: resp.Header.Get("Content-Type")}
		}
		if d := cmp.Diff(replies[0], replies[1]); d != "" {
			t.Errorf("%s: %s", target, d)
		}
	}
}

// TestOtherSitesCannotPost: a page of another site must not reload or probe through a browser.
func TestOtherSitesCannotPost(t *testing.T) {
	o := shop().options()
	o.Lifecycle = true
	o.Reload = func() error { t.Error("reloaded"); return nil }
	w := call(o, "POST", "/-/reload", "Sec-Fetch-Site", "cross-site")
	if w.Code != http.StatusForbidden {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestPprofIsServedIfEnabled(t *testing.T) {
	o := shop().options()
	o.Pprof = true
	if w := call(o, "GET", "/debug/pprof/goroutine?debug=1"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "goroutine profile:") {
		t.Errorf("status %d: %.100s", w.Code, w.Body)
	}
}

// slowFleet waits before each probe, which fails if the wait does.
type slowFleet struct {
	*fleet
	wait func(context.Context) error
}

func (f slowFleet) Current(ctx context.Context, name string) (*probe.Status, []probe.Result, error) {
	err := f.wait(ctx)
	status, results, missing := f.fleet.Current(ctx, name)
	if missing != nil {
		err = missing
	}
	return status, results, err
}

func TestProbeGivesTheMetricsOfOnePrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		o.Fleet = slowFleet{shop(), func(context.Context) error { time.Sleep(3 * time.Second); return nil }}
		want := reply{200, "text/metrics", "", "metrics of \"idle\", accept \"text/x\" \"gzip\"\n"}
		got := replyOf(call(o, "GET", "/probe?target=idle", "Accept", "text/x", "Accept-Encoding", "gzip"))
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestProbeEndsBeforeTheScrapeDoes measures how long a probe that hangs may take. What is known so far is served then.
func TestProbeEndsBeforeTheScrapeDoes(t *testing.T) {
	late := reply{200, "text/metrics", "", "metrics of \"idle\", accept \"\" \"\"\n"}
	invalid := func(header string) reply {
		return reply{400, plain, "", "invalid header X-Prometheus-Scrape-Timeout-Seconds \"" + header + "\": use a number of seconds\n"}
	}
	for header, c := range map[string]struct {
		want reply
		took time.Duration
	}{
		"10":   {late, 9250 * time.Millisecond},
		"0.4":  {late, 200 * time.Millisecond},
		"1e99": {late, time.Hour - 750*time.Millisecond},
		"ten":  {invalid("ten"), 0},
		"-1":   {invalid("-1"), 0},
		"NaN":  {invalid("NaN"), 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := shop().options()
			o.TimeoutOffset = 750 * time.Millisecond
			o.Fleet = slowFleet{shop(), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
			begin := time.Now()
			got := replyOf(call(o, "GET", "/probe?target=idle", scrapeTimeoutHeader, header))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", header, d)
			}
			if took := time.Since(begin); took != c.took {
				t.Errorf("%s: took %s, not %s", header, took, c.took)
			}
		})
	}
}

func TestProbeOfADisconnectedClient(t *testing.T) {
	o := shop().options()
	o.Fleet = slowFleet{shop(), func(context.Context) error { return context.Canceled }}
	want := reply{503, plain, "", "the probe of \"idle\" was canceled\n"}
	if d := cmp.Diff(want, replyOf(call(o, "GET", "/probe?target=idle"))); d != "" {
		t.Error(d)
	}
}
