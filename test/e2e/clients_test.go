package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// idlePrinters is a configuration of n printers with long intervals.
func idlePrinters(n int) string {
	var b strings.Builder
	b.WriteString("defaults: {interval: 1h, timeout: 1s, labels: {site: lab}}\nservice: {url: \"http://127.0.0.1:1\"}\nprinters:\n")
	for i := range n {
		fmt.Fprintf(&b, "- {name: printer-%d, url: \"http://127.0.0.1:1/%[1]d\", authorization: {credentials: canary}}\n", i)
	}
	return b.String()
}

// TestCostlyRequestsStarveNobody: clients request pages with as many parameters as they can and give up. Neither their number
// nor what they ask for keeps the metrics or a health check waiting.
func TestCostlyRequestsStarveNobody(t *testing.T) {
	t.Parallel()
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(2000))
	p := testkit.Serve(t, "serve", "--config.file="+path, "--web.max-requests=4")
	labels := func(n int) string { // the last one selects all printers
		var b strings.Builder
		for i := range n - 1 {
			fmt.Fprintf(&b, "label=site=%d&", i)
		}
		return b.String() + "label=site=lab"
	}
	for what, query := range map[string]string{
		"as long as a header can be": labels(3500),
		"as long as is accepted":     labels(49) + "&q=p+r+i+n+t+e+r+0+1+2",
	} {
		ctx, giveUp := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for range 40 {
			clients.Go(func() {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/?"+query, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if resp, err := http.DefaultClient.Do(r); err == nil {
					_ = resp.Body.Close()
				}
			})
		}
		for range 5 {
			for _, path := range []string{"/metrics", "/-/healthy", "/-/ready"} {
				if status, body := p.Get(path); status != http.StatusOK {
					t.Errorf("%s: %s: %d %.100s", what, path, status, body)
				}
			}
		}
		giveUp()
		clients.Wait()
		p.Until("pages are served again", func() bool { status, _ := p.Get("/api/v1/printers/printer-1"); return status == http.StatusOK })
	}
}

// TestHeldConnectionsGiveWay: connections that clients hold without a request, on the pages and on the listener for health,
// lock out nobody.
func TestHeldConnectionsGiveWay(t *testing.T) {
	t.Parallel()
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(1))
	health := testkit.FreeAddress(t)
	p := testkit.Serve(t, "serve", "--config.file="+config, "--web.max-connections=8", "--web.health-listen-address="+health)
	pages := strings.TrimPrefix(p.URL, "http://")
	for what, c := range map[string]struct {
		address, sent string
		held          int
	}{
		"idle":                     {pages, "GET /-/healthy HTTP/1.1\r\nHost: exporter\r\n\r\n", 16},
		"nothing sent":             {pages, "", 16},
		"part of a header":         {pages, "GET / HTTP/1.1\r\nHost: exp", 16},
		"part of a body":           {pages, "POST /-/reload HTTP/1.1\r\nHost: exporter\r\nContent-Length: 100\r\n\r\nx", 6},
		"part of a health check":   {health, "GET /-/healthy HTTP/1.1\r\nHost: exp", 128},
		"a health check not begun": {health, "", 128},
	} {
		holdConnections(t, c.address, c.sent, c.held)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 4 * time.Second} // less than all timeouts of the server
		for range 20 {
			resp, err := client.Get("http://" + c.address + "/-/healthy")
			if err != nil {
				t.Errorf("%s: %v", what, err)
				break
			}
			_ = resp.Body.Close()
		}
	}
}

// TestHeldTLSConnectionsGiveWay: the same on a listener with TLS, over HTTP/1.1 and HTTP/2.
func TestHeldTLSConnectionsGiveWay(t *testing.T) {
	t.Parallel()
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(1))
	web, trusted := testkit.WebConfig(t)
	address, health := testkit.FreeAddress(t), testkit.FreeAddress(t)
	testkit.StartReady(t, testkit.Program("serve", "--config.file="+config, "--web.config.file="+web, "--web.max-connections=32",
		"--web.listen-address="+address, "--web.health-listen-address="+health), health)
	for _, http2 := range []bool{false, true} {
		newClient := func() *http.Client {
			var protocols http.Protocols
			protocols.SetHTTP1(!http2)
			protocols.SetHTTP2(http2)
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, Protocols: &protocols}
			t.Cleanup(transport.CloseIdleConnections)
			return &http.Client{Transport: transport, Timeout: 4 * time.Second}
		}
		holdConnections(t, address, "\x16\x03\x01", 48) // the beginning of a handshake
		for range 48 {                                  // each leaves an idle connection
			if status := authenticatedStatus(newClient(), "https://"+address+"/metrics", testkit.WebPassword); status != http.StatusOK {
				t.Errorf("HTTP/2 %t: %d", http2, status)
				break
			}
		}
	}
}

// holdConnections opens connections that send a text, read the response if it is a whole request, and then stay.
func holdConnections(t *testing.T, address, text string, n int) {
	t.Helper()
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(text, "\r\n\r\n") {
			if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestErrorsAreSmall: no error repeats more than a little of its request.
func TestErrorsAreSmall(t *testing.T) {
	t.Parallel()
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", idlePrinters(1))
	p := testkit.Serve(t, "serve", "--config.file="+config)
	for _, path := range []string{
		"/" + strings.Repeat("a/", 30_000), "/" + strings.Repeat("a/", 1000), "/printers/" + strings.Repeat("x", 60_000), "/?layer=" + strings.Repeat("x", 60_000),
		"/printers/" + strings.Repeat("%22", 600), "/api/v1/printers/" + strings.Repeat("%22", 600), "/probe?target=" + strings.Repeat("%00", 600),
		"/metrics?" + strings.Repeat("x", 2000), "/metrics?" + strings.Repeat("collect[]=x&", 100),
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode/100 != 4 || len(body) > 8<<10 {
			t.Errorf("%.40s…: %s, %d bytes, %v", path, resp.Status, len(body), err)
		}
	}
}
