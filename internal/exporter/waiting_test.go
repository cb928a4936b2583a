package exporter

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// hangingPrinters never respond.
type hangingPrinters struct{}

func (hangingPrinters) RoundTrip(r *http.Request) (*http.Response, error) {
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Reused: true})
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestTheLongestProbeFitsInAResponse: a client that waits for a printer gets a response, however long status and the ping
// after it take.
func TestTheLongestProbeFitsInAResponse(t *testing.T) {
	for request, want := range map[string]string{
		"GET /probe?target=a":    "\nprobe_success 0\n",
		"POST /-/probe?target=a": "no_answer",
	} {
		synctest.Test(t, func(t *testing.T) {
			o := withLimits
			o.EnableLifecycle, o.RoundTripper = true, hangingPrinters{}
			o.ConfigFile = testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", "service: {url: http://127.0.0.1:1}\ndefaults: {interval: 10m, timeout: 110s}\n"+
				"printers: [{name: a, url: http://127.0.0.1:1/a, authorization: {credentials: token}}]\n")
			c := serving(t, newExporter(t, o)).connect(t)
			begin := time.Now()
			resp := c.send(request + " HTTP/1.1\r\nHost: exporter\r\n\r\n")
			body, err := io.ReadAll(resp.Body)
			if took := time.Since(begin); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) || took < 3*time.Minute {
				t.Errorf("%s: %s after %v, %v\n%s", request, resp.Status, took, err, body)
			}
		})
	}
}
