package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"octoeverywhere_exporter/internal/web"
)

// TestBelowAPathOfAProxy: scripts, search, links and buttons work below the path, whether the proxy strips it or not.
func TestBelowAPathOfAProxy(t *testing.T) {
	const prefix = "/a/oe"
	for what, strips := range map[string]bool{"stripped": true, "kept": false} {
		t.Run(what, func(t *testing.T) {
			o := shop().options(t)
			o.ExternalURL = "https://example.com" + prefix + "/"
			if !strips {
				o.RoutePrefix = prefix
			}
			backend := httptest.NewServer(web.New(o))
			t.Cleanup(backend.Close)
			to, err := url.Parse(backend.URL)
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var outside []string
			proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				if !strings.HasPrefix(r.In.URL.Path, prefix+"/") {
					mu.Lock()
					outside = append(outside, r.In.URL.Path)
					mu.Unlock()
				}
				r.SetURL(to)
				if strips {
					r.Out.URL.Path, r.Out.URL.RawPath = strings.TrimPrefix(r.In.URL.Path, prefix), ""
				}
			}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				http.Error(w, err.Error(), http.StatusBadGateway)
			}})
			t.Cleanup(proxy.Close)
			p := open(t, proxy.URL+prefix+"/", desk)
			p.waitForRows(allRows)
			p.typeIn("input[name=q]", "mk4-02")
			p.waitForRows("mk4-02")
			p.click("tbody tr th a")
			p.until(`location.pathname === "` + prefix + `/printers/mk4-02" && document.querySelector("h1").textContent.includes("mk4-02")`)
			p.click(`form[action$="/-/probe?target=mk4-02"] button`)
			p.until(`location.pathname === "` + prefix + `/printers/mk4-02" && location.hash === "#trace"`)
			p.refresh()
			p.click(`.bar [href="../overview"]`)
			p.until(`location.pathname === "` + prefix + `/overview" && document.querySelectorAll("#outages tbody a").length > 0`)
			p.refresh()
			p.click("#outages tbody a")
			p.until(`location.pathname.startsWith("` + prefix + `/printers/")`)
			p.click("nav.back a")
			p.until(`location.pathname === "` + prefix + `/"`)
			p.waitForRows(allRows)
			mu.Lock()
			defer mu.Unlock()
			if len(outside) > 0 {
				t.Errorf("requested outside of the path: %q", outside)
			}
		})
	}
}
