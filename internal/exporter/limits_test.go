package exporter

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// TestSlowHeadersTimeOut: a header that is sent byte by byte does not hold a connection.
func TestSlowHeadersTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serving(t, simulated(t, 1, withLimits))
		c := p.connect(t)
		go func() { _, _ = io.Copy(io.Discard, c) }()
		begin := time.Now()
		for _, b := range []byte("GET /metrics HTTP/1.1\r\nHost: exporter\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaa\r\n\r\n") {
			if _, err := c.Write([]byte{b}); err != nil {
				if took := time.Since(begin); took > 6*time.Second {
					t.Errorf("it ended after %v", took)
				}
				return
			}
			time.Sleep(time.Second)
		}
		t.Error("it does not time out")
	})
}

// TestFiftySlowReaders each read one byte per second of the metrics of 5,000 printers. They are disconnected within seconds,
// take little memory until then, and others are served after that.
func TestFiftySlowReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serving(t, simulated(t, 5000, withLimits))
		before := testkit.HeapInUse()
		var took []time.Duration
		ended := make(chan time.Duration)
		begin := time.Now()
		for range 50 {
			c := p.connect(t)
			go func() {
				_, _ = io.WriteString(c, "GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n")
				for one := make([]byte, 1); ; time.Sleep(time.Second) {
					if _, err := c.Read(one); err != nil {
						ended <- time.Since(begin)
						return
					}
				}
			}()
			time.Sleep(20 * time.Millisecond)
		}
		if status, _ := p.connect(t).get("/-/healthy"); status != http.StatusOK {
			t.Errorf("healthy: %d", status)
		}
		status, text := p.connect(t).get("/metrics")
		if status != http.StatusServiceUnavailable || !strings.Contains(text, "--web.max-requests") {
			t.Errorf("the request above the limit got %d %.100s", status, text)
		}
		held := testkit.HeapInUse() - before
		t.Logf("%.1f MB are held for 50 slow readers", float64(held)/1e6)
		if held > 64<<20 {
			t.Errorf("%d bytes are held for slow readers", held)
		}
		time.Sleep(13 * time.Second)
		if status, text := p.connect(t).get("/metrics"); status != http.StatusOK || len(text) < 15<<20 || !strings.HasSuffix(text, "\n") {
			t.Errorf("after the slow ones were disconnected: %d, %d bytes", status, len(text))
		}
		for range 50 {
			took = append(took, <-ended)
		}
		for _, d := range took {
			if d > 5*time.Minute { // those above the limit got a few hundred bytes, and read all of them
				t.Errorf("one was disconnected after %v", d)
			}
		}
	})
}

// TestEndlessBodyIsNotRead: neither by routes that need no body, nor at paths that do not exist.
func TestEndlessBodyIsNotRead(t *testing.T) {
	for _, path := range []string{"/-/reload", "/-/probe", "/metrics", "/nowhere"} {
		synctest.Test(t, func(t *testing.T) {
			p := serving(t, simulated(t, 1, withLimits))
			c := p.connect(t)
			sent := make(chan int, 1)
			go func() {
				n, _ := io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: exporter\r\nTransfer-Encoding: chunked\r\n\r\n")
				for err := error(nil); err == nil; {
					var more int
					more, err = fmt.Fprintf(c, "1000\r\n%s\r\n", strings.Repeat("x", 0x1000))
					n += more
				}
				sent <- n
			}()
			resp, err := http.ReadResponse(c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode/100 != 4 {
				t.Errorf("%s: %s", path, resp.Status)
			}
			if n := <-sent; n > 1<<20 {
				t.Errorf("%s: %d bytes of the body were taken", path, n)
			}
		})
	}
}

// TestOversizedRequestsAreRejected: headers above 64 kB, and malformed requests.
func TestOversizedRequestsAreRejected(t *testing.T) {
	for what, c := range map[string]struct {
		text   string
		status int
	}{
		"64 kB of header are enough": {"GET /-/healthy HTTP/1.1\r\nHost: exporter\r\nX: " + strings.Repeat("x", 60<<10) + "\r\n\r\n", 200},
		"a large header":             {"GET / HTTP/1.1\r\nHost: exporter\r\nX: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", 431},
		"many headers":               {"GET / HTTP/1.1\r\nHost: exporter\r\n" + strings.Repeat("X: y\r\n", 20<<10) + "\r\n", 431},
		"a long path":                {"GET /" + strings.Repeat("x", 80<<10) + " HTTP/1.1\r\nHost: exporter\r\n\r\n", 431},
		"no host":                    {"GET / HTTP/1.1\r\n\r\n", 400},
		"two hosts":                  {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		"HTTP/3":                     {"GET / HTTP/3.0\r\nHost: exporter\r\n\r\n", 505},
		"HTTP/2 without negotiation": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		"two lengths":                {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
		"length and chunks":          {"GET /-/healthy HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200},
		"a tunnel":                   {"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 405},
		"an echo":                    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
		"options of everything":      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		"a whole address":            {"GET http://example.com/-/healthy HTTP/1.1\r\nHost: a\r\n\r\n", 200},
		"a word for a method":        {"BREW /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n", 405},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := serving(t, simulated(t, 1, withLimits))
			resp := p.connect(t).send(c.text)
			if resp.StatusCode != c.status {
				t.Errorf("%s: %s", what, resp.Status)
			}
			if resp.Header.Get("Server") != "" {
				t.Errorf("%s: a Server header: %v", what, resp.Header)
			}
		})
	}
}

// TestSlowBodyTimesOut: a body that is sent byte by byte does not hold a connection.
func TestSlowBodyTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serving(t, simulated(t, 1, withLimits))
		c := p.connect(t)
		go func() { _, _ = io.Copy(io.Discard, c) }()
		begin := time.Now()
		_, err := io.WriteString(c, "POST /-/reload HTTP/1.1\r\nHost: exporter\r\nContent-Length: 1000\r\n\r\n")
		for ; err == nil; _, err = c.Write([]byte("x")) {
			time.Sleep(time.Second)
		}
		if took := time.Since(begin); took > 7*time.Second {
			t.Errorf("it ended after %v", took)
		}
	})
}

// TestPanicEndsItsRequestOnly: it is logged with its stack, and without its value, which may be a secret.
func TestPanicEndsItsRequestOnly(t *testing.T) {
	for what, panics := range map[string]http.HandlerFunc{
		"at once": func(http.ResponseWriter, *http.Request) { panic("canary") },
		"behind a part": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, 1<<16))
			panic(fmt.Errorf("canary"))
		},
		"of several rows": func(http.ResponseWriter, *http.Request) { panic("canary\ncanary\n\tcanary") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			p := servingHandler(t, panics, withLimits, jsonLogger(&log))
			c := p.connect(t)
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: exporter\r\n\r\n")
			rest, _ := io.ReadAll(c)
			synctest.Wait()
			if text := log.String(); strings.Contains(text+string(rest), "canary") || !strings.Contains(text, "limits_test.go") || !strings.Contains(text, `"level":"ERROR"`) {
				t.Errorf("%s: %s", what, text)
			}
			_ = p.connect(t)
		})
	}
}
