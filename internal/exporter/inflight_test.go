package exporter

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"octoeverywhere_exporter/test/testkit"
)

// stalledClient is an HTTP/2 client that reads no body.
type stalledClient struct {
	*http2.Framer
	conn *tls.Conn
}

// connectStalled makes a connection. It also returns the settings of the server.
func connectStalled(t *testing.T, address string, trusted *x509.CertPool) (stalledClient, *http2.SettingsFrame) {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, NextProtos: []string{http2.NextProtoTLS}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	g := stalledClient{http2.NewFramer(c, c), c}
	g.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	if err := g.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}); err != nil {
		t.Fatal(err)
	}
	frame, err := g.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	settings, ok := frame.(*http2.SettingsFrame)
	if !ok {
		t.Fatalf("the first frame is %v", frame)
	}
	return g, settings
}

// get requests a path several times at once. It counts the responses by status, and those that are complete.
func (g stalledClient) get(t *testing.T, path string, times int) (statuses map[string]int, complete int) {
	t.Helper()
	var header bytes.Buffer
	to := hpack.NewEncoder(&header)
	for i := range times {
		header.Reset()
		for _, f := range []hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "exporter"}, {Name: ":path", Value: path}} {
			_ = to.WriteField(f)
		}
		if err := g.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: header.Bytes(), EndStream: true, EndHeaders: true}); err != nil {
			t.Fatal(err)
		}
	}
	statuses = map[string]int{}
	for n := 0; n < times; {
		frame, err := g.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if response, ok := frame.(*http2.MetaHeadersFrame); ok {
			n++
			statuses[response.PseudoValue("status")]++
			if response.StreamEnded() {
				complete++
			}
		}
	}
	return statuses, complete
}

// TestRequestsInFlightAreLimited: HTTP/2 has more requests than connections. Those above the limit are rejected at once,
// whatever the client reads, and are counted. When the others have ended, requests are accepted again.
func TestRequestsInFlightAreLimited(t *testing.T) {
	t.Parallel()
	path, trusted := testkit.WebConfig(t)
	o := withLimits
	o.WebConfigFile, o.MaxConnections = path, 8
	address, _ := serveOne(t, o)
	g, settings := connectStalled(t, address, trusted)
	if n, ok := settings.Value(http2.SettingMaxConcurrentStreams); !ok || n != 100 {
		t.Errorf("%d concurrent streams, %v", n, ok)
	}
	statuses, complete := g.get(t, "/", 100)
	if statuses["401"] != 6 || statuses["503"] != 94 || complete != 94 { // one of the eight is reserved for metrics, one for health
		t.Errorf("%v, of which %d are complete", statuses, complete)
	}
	_ = g.conn.Close()

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(testkit.WebUser, testkit.WebPassword)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case resp.StatusCode == http.StatusOK:
			var rejected int
			_, counted, _ := strings.Cut(string(body), "\noctoeverywhere_exporter_http_requests_rejected_total ")
			if _, err := fmt.Sscan(counted, &rejected); err != nil || rejected < 94 {
				t.Errorf("%d rejected requests are counted: %v", rejected, err)
			}
			return
		case resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("X-Frame-Options") != "DENY" || time.Now().After(end):
			t.Fatalf("%s %v", resp.Status, resp.Header)
		}
	}
}
