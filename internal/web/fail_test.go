package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asBrowser is the Accept header of a browser.
const asBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestABrowserGetsAnErrorPage(t *testing.T) {
	o := shop().options()
	for target, c := range map[string]struct {
		status int
		says   []string
	}{
		"/nothing":                {404, []string{"<h1>Not Found</h1>", "Path not found: /nothing.", `<a href="./">All printers</a>`}},
		"/a/b/c":                  {404, []string{`<a href="../../">All printers</a>`, `href="../../assets/style.css?`}},
		"/printers/los":           {404, []string{"No printer named &#34;los&#34; is configured.", `<li><a href="../printers/lost">lost</a>`, `value="los"`}},
		"/printers/%3Cscript%3Ex": {404, []string{"&lt;script&gt;x", `<li><a href="../printers/%3Cscript%3E`}},
		"/printers/x%2Fy":         {404, []string{`<a href="../">All printers</a>`}},
		"/assets/x":               {404, []string{"No such asset: x."}},
		"/?layer=x":               {400, []string{"<h1>Bad Request</h1>", "Unknown layer &#34;x&#34;: use one of any, none"}},
		"/?label=%3Cscript%3E":    {400, []string{"Invalid label &#34;&lt;script&gt;&#34;: use NAME=VALUE."}},
		"/printers/a%20b":         {404, []string{"No printer named &#34;a b&#34; is configured."}},
	} {
		w := call(o, "GET", target, "Accept", asBrowser)
		if w.Code != c.status || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Vary") == "" {
			t.Errorf("%s: %d %s", target, w.Code, w.Header())
		}
		for _, says := range append(c.says, "<main", "</html>") {
			if !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s: %s is not in:\n%s", target, says, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "<script>") || strings.Contains(w.Body.String(), "live.js") {
			t.Errorf("%s has a script:\n%s", target, w.Body)
		}
	}
}

func TestSuggestionsAreSimilarAndFew(t *testing.T) {
	f := &fleet{}
	for _, name := range []string{"mk4-01", "mk4-11", "mk4-02", "MK4-03", "mk3-01", "voron-01", "mk4-04", "mk4-05", "mk4-06", "mk4-07", "mk4-08", "mk4-09", "mk4-10"} {
		f.add(name, nil)
	}
	s := &site{Options: f.options()}
	r := httptest.NewRequest(http.MethodGet, "/printers/x", http.NoBody)
	var names []string
	for _, l := range s.similarNames(r, "mk4-1") {
		names = append(names, l.Name)
	}
	want := []string{"mk4-11", "mk4-10", "mk4-01", "mk4-02", "MK4-03", "mk4-04", "mk4-05", "mk4-06", "mk4-07", "mk4-08"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	for _, stranger := range []string{"", "v", "xyz"} {
		if found := s.similarNames(r, stranger); len(found) > 0 {
			t.Errorf("%q is similar to %v", stranger, found)
		}
	}
}

// TestProbeNowRedirectsABrowser to the printer's page. The location is relative, because a proxy may add a prefix.
func TestProbeNowRedirectsABrowser(t *testing.T) {
	o := shop().options()
	o.Lifecycle = true
	w := call(o, "POST", "/-/probe?target=lost", "Accept", asBrowser)
	if got := w.Header().Get("Location"); w.Code != 303 || got != "../printers/lost#trace" {
		t.Errorf("%d %s", w.Code, got)
	}
	const button = `<form method="post" action="../-/probe?target=lost"><button>Probe now</button></form>`
	if !strings.Contains(get(o, "/printers/lost"), button) {
		t.Error("there is no button")
	}
	if o.Lifecycle = false; strings.Contains(get(o, "/printers/lost"), "<button>Probe") {
		t.Error("there is a button without the lifecycle API")
	}
}

// TestAcknowledgingALostPrint on the printer's page: then the print has ended and there is nothing more to acknowledge.
func TestAcknowledgingALostPrint(t *testing.T) {
	o := shop().options()
	o.Lifecycle = true
	const button = `<form method="post" action="../-/acknowledge?target=lost"><button>Acknowledge lost print</button></form>`
	if !strings.Contains(get(o, "/printers/lost"), button) {
		t.Error("there is no button")
	}
	if strings.Contains(get(o, "/printers/printing"), "/-/acknowledge") {
		t.Error("there is a button where no print is lost")
	}
	w := call(o, "POST", "/-/acknowledge?target=lost", "Accept", asBrowser)
	if got := w.Header().Get("Location"); w.Code != 303 || got != "../printers/lost#print" {
		t.Errorf("%d %s", w.Code, got)
	}
	if page := get(o, "/printers/lost"); strings.Contains(page, "/-/acknowledge") || strings.Contains(page, "may be lost") || !strings.Contains(page, `<span class="outcome-unknown">unknown</span></td><td>42.2%</td>`) {
		t.Errorf("afterwards: %s", page)
	}
}
