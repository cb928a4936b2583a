package transport

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// TestProxy: requests to https addresses go through it, with its headers.
func TestProxy(t *testing.T) {
	var received atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received.Store(r.Method + " " + r.Header.Get("X-Key"))
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	to := target(t, "https://canary.invalid", probe.Settings{Proxy: http.ProxyURL(u), ProxyHeader: func() http.Header { return http.Header{"X-Key": {"k"}} }})
	if r := to.send(t.Context(), probe.StatusRequest); r.Fault != fault.ConnectFailed {
		t.Errorf("%+v", r)
	}
	if received.Load() != "CONNECT k" {
		t.Errorf("the proxy received %v", received.Load())
	}
}

// TestProxyStatus: a proxy that requires credentials, or a captive portal, has a fault of its own, for http and https.
func TestProxyStatus(t *testing.T) {
	for _, address := range []string{"https://canary.invalid", "http://canary.invalid"} {
		for status, want := range map[int]fault.Fault{407: fault.FromHTTP(407), 511: fault.FromHTTP(511)} {
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
			defer proxy.Close()
			u, err := url.Parse(proxy.URL)
			if err != nil {
				t.Fatal(err)
			}
			to := target(t, address, probe.Settings{Proxy: http.ProxyURL(u)})
			if r := to.send(t.Context(), probe.StatusRequest); r.Fault != want {
				t.Errorf("%s: %d is %s, %+v", address, status, r.Fault.Reason, r.Attempt)
			}
		}
	}
}

// TestBlockPage: only the beginning of 403 and 503 pages of Cloudflare is read, to be judged. The result does not keep it.
func TestBlockPage(t *testing.T) {
	page := "<title>Just a moment...</title>" + strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		want    fault.Fault
		read    int
		prepare func(*httptest.Server)
	}{
		"403 of Cloudflare":          {403, http.Header{"Server": {"cloudflare"}}, fault.BlockedByEdge(403), maxRest, nil},
		"503 of Cloudflare, HTTP/2":  {503, http.Header{"Server": {"cloudflare"}}, fault.BlockedByEdge(503), maxRest, secureHTTP2},
		"403 of another server":      {403, http.Header{"Server": {"nginx"}}, fault.FromHTTP(403), 0, nil},
		"502 of Cloudflare":          {502, http.Header{"Server": {"cloudflare"}}, fault.FromHTTP(502), 0, nil},
		"mitigated, HTTP/2":          {429, http.Header{"Cf-Mitigated": {"challenge"}}, fault.BlockedByEdge(429), 0, secureHTTP2},
		"mitigated, with status 200": {200, http.Header{"Cf-Mitigated": {"challenge"}}, fault.BlockedByEdge(200), 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			to, _ := relay(t, func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), c.header)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(page))
			}, c.prepare)
			var got probe.Attempt
			a := to.transport.Send(t.Context(), probe.Exchange{Request: to.NewRequest(probe.StatusRequest), Judge: func(a probe.Attempt) bool {
				got = a
				got.Body = append([]byte(nil), a.Body...)
				return true
			}})
			if f, _ := probe.Judge(probe.StatusRequest, got); f != c.want || c.status != 200 && len(got.Body) != c.read {
				t.Errorf("%s, %d bytes of the body", f.Reason, len(got.Body))
			}
			if r := to.Result(probe.StatusRequest, time.Time{}, 0, a); r.Attempt.Body != nil || r.Attempt.Headers != (probe.Headers{}) {
				t.Errorf("%+v", r.Attempt)
			}
		})
	}
}
