package exporter

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// serveOne runs an exporter of one printer on a real address until the test ends.
func serveOne(t *testing.T, o Options) (address, printer string) {
	t.Helper()
	o.ListenAddresses = []string{"127.0.0.1:0"}
	e := simulated(t, 1, o)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return e.Addresses()[0].String(), e.fleet.Entries()[0].Target.Name
}

// TestWebConfigGuardsAllRoutes: each route and other paths, by all methods, over HTTP/1.1 and HTTP/2 with TLS, get 401 with all
// security headers unless user and password are right.
func TestWebConfigGuardsAllRoutes(t *testing.T) {
	t.Parallel()
	path, trusted := testkit.WebConfig(t)
	for what, o := range map[string]Options{
		"by default": withLimits,
		"with all":   {EnableLifecycle: true, EnablePprof: true, MaxRequests: withLimits.MaxRequests, MaxConnections: withLimits.MaxConnections},
	} {
		o.WebConfigFile = path
		address, printer := serveOne(t, o)
		for _, http2 := range []bool{false, true} {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, Protocols: new(http.Protocols)}
			transport.Protocols.SetHTTP1(!http2)
			transport.Protocols.SetHTTP2(http2)
			defer transport.CloseIdleConnections()
			routes := append(testkit.Routes(t, printer),
				"GET /nowhere", "GET /debug/pprof/heap", "GET /debug/pprof/cmdline", "GET /debug/vars", "POST /", "TRACE /", "OPTIONS /", "HEAD /metrics",
				"GET /-/../metrics", "GET //metrics", "GET /-/sim/hits", "DELETE /api/v1/printers")
			for _, line := range routes {
				method, target, _ := strings.Cut(line, " ")
				for user, credentials := range map[string][2]string{"nobody": {}, "another user": {"x", testkit.WebPassword}, "a wrong password": {testkit.WebUser, "x"}, "the user": {testkit.WebUser, testkit.WebPassword}} {
					req, err := http.NewRequestWithContext(t.Context(), method, "https://"+address+target, nil)
					if err != nil {
						t.Fatal(err)
					}
					if user != "nobody" {
						req.SetBasicAuth(credentials[0], credentials[1])
					}
					resp, err := transport.RoundTrip(req)
					if err != nil {
						t.Fatalf("%s: %s: %s: %v", what, line, user, err)
					}
					body, err := io.ReadAll(resp.Body)
					if err != nil {
						t.Fatal(err)
					}
					_ = resp.Body.Close()
					if (resp.ProtoMajor == 2) != http2 {
						t.Fatalf("the protocol is %s", resp.Proto)
					}
					checkResponse(t, what+": "+line+" by "+user, resp, body, user == "the user", o, line)
				}
			}
		}
	}
}

func checkResponse(t *testing.T, what string, resp *http.Response, body []byte, authenticated bool, o Options, line string) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=31536000", "Server": "",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %s: %q", what, name, got)
		}
	}
	if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%s: %v", what, resp.Header)
	}
	if !authenticated {
		if resp.StatusCode != http.StatusUnauthorized || len(body) > len("Unauthorized\n") {
			t.Errorf("%s: %s: %s", what, resp.Status, body)
		}
		return
	}
	want := expectedStatus(line, o)
	if resp.StatusCode != want {
		t.Errorf("%s: %s, not %d", what, resp.Status, want)
	}
}

// expectedStatus returns the status of an authenticated request.
func expectedStatus(line string, o Options) int {
	method, path, _ := strings.Cut(line, " ")
	switch {
	case method == http.MethodPost && strings.HasPrefix(path, "/-/acknowledge") && o.EnableLifecycle:
		return http.StatusConflict // no print is lost
	case strings.Contains(path, "nowhere"), strings.Contains(path, "/debug/vars"), strings.Contains(path, "/sim/"), strings.HasSuffix(path, "/cmdline"),
		path == "/-/../metrics", path == "//metrics":
		return http.StatusNotFound
	case strings.HasPrefix(path, "/debug/pprof/") && !o.EnablePprof:
		return http.StatusNotFound
	case (method == http.MethodPost || method == http.MethodPut) && strings.HasPrefix(path, "/-/") && !o.EnableLifecycle:
		return http.StatusForbidden
	case method == http.MethodGet, method == http.MethodHead, strings.HasPrefix(path, "/-/"):
		return http.StatusOK
	}
	return http.StatusMethodNotAllowed
}

// TestTLSIsNotOptional: with a certificate configured, there is no response without TLS or with an old version.
func TestTLSIsNotOptional(t *testing.T) {
	t.Parallel()
	path, trusted := testkit.WebConfig(t)
	o := withLimits
	o.WebConfigFile = path
	address, _ := serveOne(t, o)
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest || bytes.Contains(body, []byte("octoeverywhere")) {
		t.Errorf("%s: %s", resp.Status, body)
	}
	_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if err == nil {
		t.Error("TLS 1.1 is accepted")
	}
}
