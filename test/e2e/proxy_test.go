package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestBehindAProxy: with the external URL configured, everything works below its path, whether the proxy strips it or not.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(3))
	for what, c := range map[string]struct {
		strips bool
		flags  []string
	}{
		"a proxy that strips the path": {true, []string{"--web.external-url=https://example.com/a/oe/", "--web.route-prefix=/"}},
		"a proxy that does not":        {false, []string{"--web.external-url=https://example.com/a/oe"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			address, health := testkit.FreeAddress(t), testkit.FreeAddress(t) // the latter has no prefix
			testkit.StartReady(t, testkit.Program(append([]string{
				"serve", "--config.file=" + path, "--web.enable-lifecycle", "--web.enable-pprof",
				"--web.listen-address=" + address, "--web.health-listen-address=" + health,
			}, c.flags...)...), health)
			backend := &url.URL{Scheme: "http", Host: address}
			forward := httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(backend)
				if c.strips {
					r.Out.URL.Path, r.Out.URL.RawPath = strings.TrimPrefix(r.In.URL.Path, "/a/oe"), ""
				}
			}}
			proxy := httptest.NewServer(&forward)
			t.Cleanup(proxy.Close)
			t.Run("in Go", func(t *testing.T) { crawl(t, proxy.URL, "/a/oe/") })
			t.Run("nginx", func(t *testing.T) { crawl(t, serveNginx(t, backend.String(), c.strips), "/a/oe/") })
		})
	}
}

// serveNginx starts nginx in front of a backend, as docs/security.md shows it, and returns its address.
func serveNginx(t *testing.T, backend string, strips bool) string {
	t.Helper()
	nginx := testkit.Tool(t, "nginx")
	dir, address := t.TempDir(), testkit.FreeAddress(t)
	if strips {
		backend += "/"
	}
	config := testkit.WriteFile(t, dir, "nginx.conf", `daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server {
    listen %[2]s;
    location /a/oe/ { proxy_pass %[3]s; proxy_http_version 1.1; }
  }
}
`, dir, address, backend)
	cmd := exec.Command(nginx, "-p", dir, "-c", config)
	p := testkit.Start(t, cmd, address)
	p.Until("nginx responds", func() bool { status, _ := p.Get("/"); return status != 0 })
	return p.URL
}

var linkPattern = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// crawl follows every link of the pages below root. None leads out of it, and each has what it promises.
func crawl(t *testing.T, origin, root string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.Path, root) {
			return fmt.Errorf("redirected to %s", r.URL)
		}
		return nil
	}}
	get := func(path string) (int, string) {
		resp, err := client.Get(origin + path)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return resp.StatusCode, string(body)
	}
	pages := []string{root, root + "debug/pprof", root + "nothing/at/all"}
	seen := map[string]bool{}
	for len(pages) > 0 {
		page := pages[0]
		pages = pages[1:]
		if seen[page] {
			continue
		}
		seen[page] = true
		status, body := get(page)
		if want := map[bool]int{true: http.StatusNotFound, false: http.StatusOK}[strings.Contains(page, "nothing")]; status != want && !strings.Contains(page, "/-/") {
			t.Errorf("%s: %d %.200s", page, status, body)
		}
		base, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, "</html>") {
			continue
		}
		for _, m := range linkPattern.FindAllStringSubmatch(body, -1) {
			to, err := base.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil || !strings.HasPrefix(to.Path, root) {
				t.Errorf("%s links to %s, %v", page, m[1], err)
				continue
			}
			if !strings.Contains(to.Path, "/debug/") { // a profile takes 30 s
				pages = append(pages, to.RequestURI())
			}
		}
	}
	for _, path := range []string{"", "metrics", "sd", "api/v1/printers", "printers/printer-1", "assets/live.js"} {
		found := false
		for page := range seen {
			found = found || strings.HasPrefix(page, root+path)
		}
		if !found {
			t.Errorf("no link leads to %s: %v", path, seen)
		}
	}
}
